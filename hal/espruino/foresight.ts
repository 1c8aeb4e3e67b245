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

  over(hal: PumpHal): PumpHal {
    const note = (field: number, value: number | null): number | null => {
      this.readings[field] = value === null ? FAILED_READING : String(value);
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

  /** The tokens of the wake just executed, `ticks` after the one before it; and ready for the next. */
  takeTokens(ticks: number): string {
    const wake = [ticks, ...Array.from(this.readings, (reading) => reading ?? '')].join(':');
    const tokens = [...this.stimuli, wake].join(' ');
    this.stimuli = [];
    this.readings = [];
    return tokens;
  }
}
