/**
 * HOST: what the twin's firmware was given in each wake, as the tokens of a `wakes` line: the readings it took, the
 * commands it got, the bits that were flipped under it.
 */
import type { Command } from '../../src/core/commands.ts';
import { COMMAND_KINDS } from '../../src/core/commands.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import { RATE_UNITS, THERAPY_MODES } from '../../src/core/therapy.ts';
import type { PumpHal } from '../hal.ts';
import type { SimTap } from '../sim/target.ts';
import { FAILED_READING } from './link.ts';

export function therapyNumbers(therapy: Therapy): number[] {
  const mode = THERAPY_MODES.indexOf(therapy.mode);
  if (therapy.mode === 'minimum' || therapy.mode === 'stopped') return [mode, 0];
  const rates = therapy.mode === 'hourly' ? therapy.rates : [therapy.rate];
  return [mode, RATE_UNITS.indexOf(therapy.unit), ...rates];
}

function commandNumbers(command: Command): number[] {
  switch (command.kind) {
    case 'stop':
    case 'resume':
    case 'interrogate':
      return [0];
    case 'program':
      return [command.concentrationUgPerMl, ...therapyNumbers(command.therapy)];
    case 'low-reservoir':
      return [command.thresholdNl];
    case 'refill':
      return [command.volumeNl];
    case 'silence':
    case 'acknowledge':
      return [command.alarm];
  }
}

export class Foresight implements SimTap {
  private stimuli: string[] = [];
  private readings: (string | undefined)[] = [];
  /** What each reading was when it last was one. */
  private last: number[] = [0, 0, 0, 0, 0];

  over(hal: PumpHal): PumpHal {
    const note = (field: number, value: number | null): number | null => {
      if (value === null) {
        this.readings[field] = FAILED_READING;
        return value;
      }
      this.readings[field] = String(value - this.last[field]!);
      this.last[field] = value;
      return value;
    };
    return {
      ...hal,
      motor: { stroke: () => hal.motor.stroke(), confirmedCount: () => note(0, hal.motor.confirmedCount()) },
      outletPressure: { readPa: () => note(1, hal.outletPressure.readPa()) },
      supply: {
        readLoadedMv: () => note(2, hal.supply.readLoadedMv()),
        readRestingMv: () => note(3, hal.supply.readRestingMv()),
      },
      temperature: { readMilliC: () => note(4, hal.temperature.readMilliC()) },
    };
  }

  command(command: Command): void {
    this.stimuli.push(`k${[COMMAND_KINDS.indexOf(command.kind), ...commandNumbers(command)].join('.')}`);
  }

  upset(isStored: boolean, word: number, bit: number): void {
    this.stimuli.push(`u${isStored ? 1 : 0}.${word}.${bit}`);
  }

  /** For whoever goes back and does a wake again. */
  keep(): readonly number[] {
    return [...this.last];
  }

  goBackTo(kept: readonly number[]): void {
    this.last = [...kept];
    this.stimuli = [];
    this.readings = [];
  }

  /** The tokens of the wake just executed, `ticks` after the one before it; and ready for the next. */
  takeTokens(ticks: number): string {
    const wake = [ticks, ...Array.from(this.readings, (reading) => reading ?? '')].join(':');
    const tokens = [...this.stimuli, wake].join(' ');
    this.stimuli = [];
    this.readings = [];
    return tokens;
  }
}

/** Fits the smallest receive buffer of a board: what doesn't waits until the board has looked at the rest. */
export const REQUEST_CHARACTERS = 420;

/** Wakes in order, as requests have them: equal ones in a row are one token with a count. */
export class WakeLog {
  private readonly tokens: string[] = [];
  private readonly counts: number[] = [];

  add(token: string): void {
    const end = this.tokens.length - 1;
    // A wake with a stimulus before it is two tokens, and they belong together.
    if (this.tokens[end] === token && !token.includes(' ')) this.counts[end]! += 1;
    else {
      this.tokens.push(token);
      this.counts.push(1);
    }
  }

  copy(): WakeLog {
    const log = new WakeLog();
    for (let i = 0; i < this.tokens.length; i++) {
      log.tokens.push(this.tokens[i]!);
      log.counts.push(this.counts[i]!);
    }
    return log;
  }

  /** The texts of requests of so many wakes at most, and the wakes of each. */
  *requests(wakes: number): Generator<{ readonly text: string; readonly wakes: number }> {
    let parts: string[] = [];
    let total = 0;
    let length = 0;
    for (let i = 0; i < this.tokens.length; i++) {
      const token = this.tokens[i]!;
      for (let rest = this.counts[i]!; rest > 0; ) {
        if (total >= wakes || (total > 0 && length + token.length > REQUEST_CHARACTERS)) {
          yield { text: parts.join(' '), wakes: total };
          parts = [];
          total = 0;
          length = 0;
        }
        const count = Math.min(rest, wakes - total);
        const text = count === 1 ? token : `${token}*${count}`;
        parts.push(text);
        length += text.length + 1;
        total += count;
        rest -= count;
      }
    }
    if (total > 0) yield { text: parts.join(' '), wakes: total };
  }

  /** The last so many tokens, for people. */
  last(count: number): string[] {
    return this.tokens.slice(-count).map((token, i, all) => {
      const times = this.counts[this.tokens.length - all.length + i]!;
      return times === 1 ? token : `${token}*${times}`;
    });
  }
}
