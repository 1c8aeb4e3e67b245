/**
 * How far a run is: on a terminal one line, redrawn, once it takes longer than a second; elsewhere a plain line for
 * each finished scenario, which suits logs.
 */
import { TICK_MS } from '../../core/units.ts';
import { grouped } from '../../report/words.ts';
import { formatDuration } from '../../scenario/time.ts';
import { openingText } from '../boards/opening.ts';
import { printLines, type Stream } from '../terminal.ts';
import type { RunBoard } from './board.ts';
import { type Job, type Outcome, ticksInAll } from './job.ts';

/** What is told of a job. */
export type ProgressJob = Pick<Job, 'index' | 'scenario' | 'board'>;

const REDRAW_MS = 125;
const PATIENCE_MS = 1000;

export class Progress {
  private readonly jobs: readonly ProgressJob[];
  private readonly board: RunBoard;
  /** For the line that is redrawn; null where nobody looks. */
  private readonly line: Stream | null;
  /** For the plain lines; null where the line is redrawn instead. */
  private readonly log: Stream | null;
  private readonly startMs = performance.now();
  private readonly unfinished: Set<ProgressJob>;
  private timer: NodeJS.Timeout | null = null;
  private isDrawn = false;

  constructor(jobs: readonly ProgressJob[], board: RunBoard, human: Stream) {
    this.jobs = jobs;
    this.board = board;
    this.unfinished = new Set(jobs);
    this.line = process.stderr.isTTY ? process.stderr : null;
    this.log = human.isTTY ? null : human;
  }

  start(): void {
    if (this.line === null) return;
    this.timer = setInterval(() => this.draw(), REDRAW_MS);
    this.timer.unref();
  }

  finished(job: ProgressJob, outcome: Outcome): void {
    this.unfinished.delete(job);
    if (outcome.kind === 'finished') this.board.setTicks(job.index, ticksInAll(job.scenario));
    if (this.log === null || this.jobs.length === 1 || outcome.kind === 'cancelled') return;
    const done = this.jobs.length - this.unfinished.size;
    this.erase();
    printLines(this.log, [`[${done}/${this.jobs.length}] ${outcome.result.verdict}  ${job.scenario.name}`]);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.erase();
  }

  private draw(): void {
    const wallMs = performance.now() - this.startMs;
    if (this.line === null || wallMs < PATIENCE_MS) return;
    const width = (this.line.columns || 80) - 1;
    this.line.write(
      `\r${progressText(this.jobs, this.unfinished, this.board, wallMs).slice(0, width)}\x1b[K`,
    );
    this.isDrawn = true;
  }

  private erase(): void {
    if (this.isDrawn) this.line?.write('\r\x1b[K');
    this.isDrawn = false;
  }
}

/** `3/12  41 %  6 d 2 h simulated, 1,200,000 x real time  motor stalls and frees itself (and 1 more)`. */
export function progressText(
  jobs: readonly ProgressJob[],
  unfinished: ReadonlySet<ProgressJob>,
  board: RunBoard,
  wallMs: number,
): string {
  const ticks = jobs.reduce((sum, job) => sum + board.ticks(job.index), 0);
  const place = jobs[0]?.board ?? null;
  if (ticks === 0 && place !== null) return openingText(place);
  const ofTicks = jobs.reduce((sum, job) => sum + ticksInAll(job.scenario), 0);
  const running = [...unfinished].filter((job) => board.ticks(job.index) > 0);
  const names = (running.length > 0 ? running : [...unfinished]).map((job) => job.scenario.name);
  const more = running.length > 1 ? ` (and ${running.length - 1} more)` : '';
  const done = `${jobs.length - unfinished.size}/${jobs.length}`;
  const percent = `${Math.floor((100 * ticks) / Math.max(1, ofTicks))} %`;
  const rate = Math.round((ticks * TICK_MS) / Math.max(1, wallMs));
  // Seconds flicker by too fast to read, and push the name about.
  const simulated = formatDuration(ticks >= 3600 ? ticks - (ticks % 3600) : ticks);
  return `${done}  ${percent}  ${simulated} simulated, ${grouped(rate)} x real time  ${names[0] ?? ''}${more}`;
}
