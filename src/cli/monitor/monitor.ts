/** The monitor's loop: look, show, listen until the next look; a line that is lost is tried again for a while. */
import { LineError } from '../../../hal/espruino/client.ts';
import { ALARMS } from '../../core/alarms/table.ts';
import { type ExitCode, INTERRUPTED, PASSED } from '../exit-codes.ts';
import { type Follower, PumpEndedError } from './follow.ts';
import { alarmsOf, type Picture } from './picture.ts';

/** Where it is shown: a screen that lives, lines of JSON, or text at the end. */
export interface Display {
  show(picture: Picture, news: string, help: string): void;
}

type Watched = Pick<Follower, 'look' | 'listen' | 'silence' | 'reopen'>;

export interface MonitorPlan {
  readonly intervalMs: number;
  /** For so long; null: until somebody ends it. */
  readonly forMs: number | null;
  readonly isOnce: boolean;
}

/** Lost for longer, it is given up: a board that restarts by its watchdog is there again sooner. */
const GIVE_UP_MS = 30_000;
const RETRY_MS = 500;
/** So soon a key is answered. */
const SLICE_MS = 200;
/** So long an answer to a key stands. */
const NEWS_MS = 5000;
const CTRL_C = '\x03';
const HELP = 'q quits   s silences an alarm   the pump goes on either way';

export class Monitor {
  private readonly follower: Watched;
  private readonly display: Display;
  private readonly plan: MonitorPlan;
  private picture: Picture | null = null;
  private news = '';
  private newsUntilMs = 0;
  /** Alarm that is to be silenced, and whether somebody has said so twice. */
  private silencing: { readonly alarm: number; readonly isSure: boolean } | null = null;
  private exitCode: ExitCode | null = null;
  private wake: () => void = () => undefined;

  constructor(follower: Watched, display: Display, plan: MonitorPlan) {
    this.follower = follower;
    this.display = display;
    this.plan = plan;
  }

  /** Rejects with a `LineError` when there is no pump, or it was lost for good. */
  async run(): Promise<ExitCode> {
    const whenEnded = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([this.follow(), whenEnded]);
    return this.exitCode ?? PASSED;
  }

  end(code: ExitCode): void {
    this.exitCode ??= code;
    this.wake();
  }

  key(key: string): void {
    const asked = this.silencing;
    if (key === CTRL_C) this.end(INTERRUPTED);
    else if (asked !== null && !asked.isSure) {
      this.silencing = key === 'y' ? { ...asked, isSure: true } : null;
    } else if (key === 'q') this.end(PASSED);
    else if (key === 's') this.askToSilence();
    this.draw();
  }

  draw(): void {
    if (this.picture !== null) this.display.show(this.picture, this.news, this.help());
  }

  /** A call, since a field would be taken to stay as it was over whatever is waited for. */
  private hasEnded(): boolean {
    return this.exitCode !== null;
  }

  private help(): string {
    if (this.silencing === null) return HELP;
    const alarm = ALARMS[this.silencing.alarm]?.name ?? '';
    return this.silencing.isSure
      ? `silencing ${alarm} ...`
      : `silence ${alarm}, whose condition stays as it is? y does; any other key does not`;
  }

  private askToSilence(): void {
    const sounding = this.picture === null ? [] : alarmsOf(this.picture).filter((one) => !one.isAcknowledged);
    if (sounding[0] === undefined) this.tell('no alarm sounds');
    else this.silencing = { alarm: sounding[0].index, isSure: false };
  }

  private async follow(): Promise<void> {
    const { intervalMs, forMs, isOnce } = this.plan;
    const endMs = performance.now() + (forMs ?? Number.POSITIVE_INFINITY);
    let lostMs: number | null = null;
    while (!this.hasEnded()) {
      const lookedMs = performance.now();
      try {
        this.picture = await this.follower.look();
        if (performance.now() >= this.newsUntilMs) this.news = '';
        lostMs = null;
        this.draw();
        if (isOnce || performance.now() >= endMs) return;
        await this.listen(Math.min(endMs, lookedMs + intervalMs));
      } catch (error) {
        // Whoever leaves does not wait for what was asked last, and its end is no news.
        if (this.hasEnded()) return;
        if (!(error instanceof LineError) || this.picture === null) throw error;
        lostMs ??= lookedMs;
        if (performance.now() - lostMs > GIVE_UP_MS) throw error;
        this.news = `${error.message}; trying again`;
        this.draw();
        await this.recover(error);
      }
    }
  }

  private async listen(untilMs: number): Promise<void> {
    while (performance.now() < untilMs && !this.hasEnded()) {
      if (this.silencing?.isSure === true) await this.silence(this.silencing.alarm);
      await this.follower.listen(Math.min(untilMs, performance.now() + SLICE_MS));
    }
  }

  private async silence(alarm: number): Promise<void> {
    const outcome = await this.follower.silence(alarm);
    this.silencing = null;
    this.tell(`silence ${ALARMS[alarm]?.name ?? alarm}: ${outcome}`);
    this.draw();
  }

  private tell(news: string): void {
    this.news = news;
    this.newsUntilMs = performance.now() + NEWS_MS;
  }

  private async recover(error: LineError): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    // It answers, and says that it delivers nothing; its watchdog may bring it back.
    if (error instanceof PumpEndedError) return;
    try {
      await this.follower.reopen();
    } catch (again) {
      if (!(again instanceof LineError)) throw again;
    }
  }
}
