/**
 * The trace: the complete record of one run as text lines, without a clock. A header, then one line for each stimulus,
 * event and hourly state digest, each beginning with its tick, then a footer. Two runs of the same scenario differ in
 * the header at most; `grep` and `diff` are tools for it.
 */
import type { Stimulus, TargetDigest } from '../../hal/target.ts';
import type { PumpEvent } from '../core/events.ts';
import { alarmName, argumentText } from './words.ts';

export const TRACE_FORMAT = 1;

export interface TraceHeader {
  readonly scenario: string;
  readonly scenarioHash: string;
  readonly coreHash: string;
  readonly seed: number;
  readonly target: string;
  readonly tickMs: number;
  /** `main` or `control`. */
  readonly run: string;
}

function fieldText(name: string, value: unknown): string {
  return name === 'alarm' && typeof value === 'number' ? alarmName(value) : JSON.stringify(value);
}

function stimulusText(stimulus: Stimulus): string {
  switch (stimulus.kind) {
    case 'fault': {
      const options = Object.entries(stimulus.options).map(([name, value]) => ` ${name}=${value}`);
      return `fault id=${stimulus.id} kind=${stimulus.fault}${options.join('')}`;
    }
    case 'clear':
      return `clear id=${stimulus.id}`;
    case 'refill':
      return `refill volume-nl=${stimulus.volumeNl}`;
    case 'session':
      return `session leave=${stimulus.leave} confirm=${stimulus.isConfirmed ? 'yes' : 'no'} program=${JSON.stringify(stimulus.program)}`;
    case 'command': {
      const { command } = stimulus;
      const { kind, ...fields } = command;
      const texts = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(name, value)}`);
      return `order command=${kind}${texts.join('')}`;
    }
  }
}

export interface TraceWriter {
  header(header: TraceHeader): void;
  stimulus(tick: number, stimulus: Stimulus): void;
  event(event: PumpEvent): void;
  stateDigest(tick: number, digest: number): void;
  end(ticks: number, digest: TargetDigest, verdict: string): void;
}

/** `write` takes one line without its end. */
export function createTraceWriter(write: (line: string) => void): TraceWriter {
  return {
    header(header) {
      const { scenario, ...rest } = header;
      const fields = Object.entries(rest).map(([name, value]) => ` ${name}=${value}`);
      write(`# thecal trace ${TRACE_FORMAT}${fields.join('')} scenario=${JSON.stringify(scenario)}`);
    },
    stimulus: (tick, stimulus) => write(`${tick} ${stimulusText(stimulus)}`),
    event: (event) => write(`${event.tick} ${event.kind} ${argumentText(event)}`),
    stateDigest: (tick, digest) => write(`${tick} state digest=${digest.toString(16).padStart(8, '0')}`),
    end: (ticks, digest, verdict) =>
      write(`# end ticks=${ticks} rolling=${digest.rolling} state=${digest.state} verdict=${verdict}`),
  };
}
