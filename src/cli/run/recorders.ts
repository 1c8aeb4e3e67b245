/** The recorders of one job, where something will be drawn of it. */
import type { LineTotals } from '../../../hal/target-options.ts';
import { Recorder, type Recordings } from '../../scenario/recorder.ts';
import type { Job } from './job.ts';

export class Recorders {
  private readonly isRecorded: boolean;
  private main: Recorder | null = null;
  private control: Recorder | null = null;

  constructor({ isRecorded }: Job) {
    this.isRecorded = isRecorded;
  }

  open(
    which: 'main' | 'control',
    stimulusTicks: readonly number[],
    untilTick: number,
    line: () => LineTotals | null,
  ): Recorder | null {
    if (!this.isRecorded) return null;
    this[which] = new Recorder(stimulusTicks, untilTick, () => troublesOf(line()));
    return this[which];
  }

  /** As far as the runs have come; null where nobody asked. */
  recordings(): Recordings | null {
    if (!this.isRecorded) return null;
    return { main: this.main?.recording() ?? null, control: this.control?.recording() ?? null };
  }
}

function troublesOf(line: LineTotals | null): number | null {
  if (line === null) return null;
  return line.retries + line.lost + line.broken + line.refused + line.stale + line.reopened + line.reboots;
}
