/** What a person goes through a trace with: where they are, where things are, and what it looks like there. */
import { createSimTarget } from '../../../hal/sim/target.ts';
import { Inspector, type RunState, StrayError, TraceIndex } from '../../replay/inspector.ts';
import type { Wanted } from '../../replay/seek.ts';
import { TICKS_PER_DAY, TICKS_PER_HOUR } from '../../core/units.ts';
import { controlOf } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { formatInstant } from '../../scenario/time.ts';
import type { Trace, TraceRecord } from '../../trace/read.ts';
import { recordLine } from '../../trace/text.ts';
import { shellWord } from '../run/reproduce.ts';
import { openTrace } from '../traces/open-trace.ts';
import { isOwn, scenarioIn } from '../traces/replay-of.ts';
import { UserError } from '../user-error.ts';

export class Session {
  readonly path: string;
  readonly trace: Trace;
  readonly index: TraceIndex;
  readonly lastTick: number;
  /** Pump time at tick 0, since Monday 00:00. */
  readonly startTick: number;
  private readonly inspector: Inspector;
  private readonly isOwnTrace: boolean;

  private constructor(path: string, trace: Trace, scenario: Scenario, isOwnTrace: boolean) {
    const { manifest } = trace;
    this.path = path;
    this.trace = trace;
    this.isOwnTrace = isOwnTrace;
    this.index = new TraceIndex(trace);
    const run = manifest.run === 'control' ? controlOf(scenario) : { ...scenario, control: null };
    this.inspector = new Inspector(trace, run, createSimTarget, isOwnTrace);
    this.lastTick = this.inspector.lastTick;
    this.startTick = scenario.start.weekday * TICKS_PER_DAY + (scenario.start.hour % 24) * TICKS_PER_HOUR;
  }

  static async open(path: string): Promise<Session> {
    const trace = openTrace(path);
    const scenario = scenarioIn(path, trace.manifest);
    return new Session(path, trace, scenario, await isOwn(trace.manifest));
  }

  async at(tick: number): Promise<RunState> {
    try {
      return await this.inspector.at(tick);
    } catch (error) {
      if (!(error instanceof StrayError)) throw error;
      const why = this.isOwnTrace ? '' : '; it was recorded by another version or firmware';
      throw new UserError(
        `${this.path}: can't be shown beyond ${formatInstant(error.tick)}: ${error.message}${why}`,
        `"thecal replay ${shellWord(this.path)}" says more`,
      );
    }
  }

  /** The `count`th tick after a tick in which something wanted is, or null. */
  after(tick: number, isWanted: Wanted, count = 1): number | null {
    return tickOf(this.index.after(tick, isWanted), count);
  }

  before(tick: number, isWanted: Wanted, count = 1): number | null {
    return tickOf(this.index.before(tick, isWanted), count);
  }

  linesBefore(tick: number, count: number): string[] {
    return this.index.around(tick, count).map(recordLine);
  }

  /** Of the tick itself, and after it. */
  linesFrom(tick: number, count: number): { readonly own: string[]; readonly later: string[] } {
    const found = this.index.from(tick, count);
    return {
      own: found.filter((record) => record.tick === tick).map(recordLine),
      later: found.filter((record) => record.tick > tick).map(recordLine),
    };
  }
}

/** The `count`th tick in which one of the records is, or null. */
function tickOf(found: Iterable<TraceRecord>, count: number): number | null {
  let ticks = 0;
  let last: number | null = null;
  for (const { tick } of found) {
    if (tick === last) continue;
    last = tick;
    ticks += 1;
    if (ticks === count) return tick;
  }
  return null;
}
