/**
 * HOST: what the twin's firmware was given in each wake, as the tokens of a `wakes` line: the readings it took, the
 * commands it got, the bits that were flipped under it.
 */
import type { Command, Order } from '../../src/core/commands.ts';
import { COMMAND_KINDS } from '../../src/core/commands.ts';
import type { PumpOptions } from '../../src/core/pump.ts';
import type { PumpHal } from '../hal.ts';
import type { SimTap } from '../sim/target.ts';
import { FAILED_READING, hexOfBytes } from './link.ts';

/** Words of a prescription as `readWords` takes them: equal ones in a row are one with a count, zeros at the end none. */
export function wordsText(words: Int32Array): string {
  const parts: string[] = [];
  const end = words.findLastIndex((word) => word !== 0) + 1;
  for (let i = 0, count = 1; i < end; i++, count++) {
    if (i + 1 < end && words[i] === words[i + 1]) continue;
    parts.push(count === 1 ? `${words[i]}` : `${words[i]}*${count}`);
    count = 0;
  }
  return parts.join('.');
}

function commandFields(command: Order): (number | string)[] {
  switch (command.kind) {
    case 'stop':
    case 'resume':
    case 'interrogate':
      return [0];
    case 'program':
      return [command.isConfirmed ? 1 : 0, wordsText(command.words)];
    case 'low-reservoir':
      return [command.thresholdNl];
    case 'bolus':
      return [command.doseTenthUg, command.ticks];
    case 'refill':
    case 'prime':
      return [command.volumeNl];
    case 'silence':
    case 'acknowledge':
      return [command.alarm];
  }
}

const NOTHING_YET: readonly number[] = [0, 0, 0, 0, 0];

export class Foresight implements SimTap {
  /** Commanded and played, ever. */
  strokes = 0;
  tones = 0;
  private stimuli: string[] = [];
  /** The wake to come is the first one after a start, or of another pump. */
  private isBooted = false;
  private readings: (string | undefined)[] = [];
  /** What each reading was when it last was one. */
  private last: number[] = [...NOTHING_YET];

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
      motor: {
        stroke: () => {
          this.strokes += 1;
          hal.motor.stroke();
        },
        confirmedCount: () => note(0, hal.motor.confirmedCount()),
      },
      outletPressure: { readPa: () => note(1, hal.outletPressure.readPa()) },
      supply: {
        readLoadedMv: () => note(2, hal.supply.readLoadedMv()),
        readRestingMv: () => note(3, hal.supply.readRestingMv()),
      },
      temperature: { readMilliC: () => note(4, hal.temperature.readMilliC()) },
      annunciator: {
        play: (pattern) => {
          this.tones += 1;
          hal.annunciator.play(pattern);
        },
      },
    };
  }

  command(command: Command): void {
    if (command.kind === 'frame') this.stimuli.push(`f${hexOfBytes(command.bytes)}`);
    else this.order(command);
  }

  private order(command: Order): void {
    this.stimuli.push(`k${[COMMAND_KINDS.indexOf(command.kind), ...commandFields(command)].join('.')}`);
  }

  upset(copy: number, word: number, bit: number): void {
    this.stimuli.push(`u${copy}.${word}.${bit}`);
  }

  replace(pump: PumpOptions, ticks: number): void {
    const { strokeNl, reservoirNl, startHour, fillNl, sessionTimeoutTicks, words } = pump;
    const setup = [ticks, strokeNl, reservoirNl, startHour, fillNl, sessionTimeoutTicks, wordsText(words)];
    this.stimuli.push(`n${setup.join(':')}`);
    this.isBooted = true;
  }

  boot(ticks: number): void {
    this.stimuli.push(`b${ticks}`);
    this.isBooted = true;
  }

  /** For whoever goes back and does a wake again. */
  keep(): readonly number[] {
    return [...this.last];
  }

  /** Without an argument to where a board begins. */
  goBackTo(kept: readonly number[] = NOTHING_YET): void {
    this.last = [...kept];
    this.stimuli = [];
    this.isBooted = false;
    this.readings = [];
  }

  /** The tokens of the wake just executed, `ticks` after the one before it; and ready for the next. */
  takeTokens(ticks: number): string {
    // A start is the tick before its first wake.
    const wake = [this.isBooted ? 1 : ticks, ...Array.from(this.readings, (reading) => reading ?? '')].join(
      ':',
    );
    const tokens = [...this.stimuli, wake].join(' ');
    this.stimuli = [];
    this.isBooted = false;
    this.readings = [];
    return tokens;
  }
}

/** Wakes in order as one text of a request: equal ones in a row are one token with a count. */
export function joinTokens(tokens: readonly string[]): string {
  const parts: string[] = [];
  for (let i = 0, count = 1; i < tokens.length; i++, count++) {
    const token = tokens[i]!;
    // A wake with a stimulus before it is two tokens, and they belong together.
    if (token === tokens[i + 1] && !token.includes(' ')) continue;
    parts.push(count === 1 ? token : `${token}*${count}`);
    count = 0;
  }
  return parts.join(' ');
}
