/** `thecal board monitor`: a running pump's state, alarms and log on the terminal, through its telemetry. */
import { closePlace } from '../../../../hal/espruino/board-target.ts';
import type { PumpEvent } from '../../../core/events.ts';
import { TICK_MS } from '../../../core/units.ts';
import type { PlaceOptions } from '../../boards/options.ts';
import { choosePlace } from '../../boards/place.ts';
import { openWand } from '../../boards/wand-place.ts';
import { type ExitCode, INTERRUPTED } from '../../exit-codes.ts';
import { Follower } from '../../monitor/follow.ts';
import { jsonOf } from '../../monitor/json.ts';
import { type Display, Monitor } from '../../monitor/monitor.ts';
import type { Picture } from '../../monitor/picture.ts';
import { screenLines } from '../../monitor/screen.ts';
import { TerminalScreen } from '../../monitor/terminal.ts';
import { paintFor, printLines, widthOf } from '../../terminal.ts';

export interface MonitorOptions extends PlaceOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  /** In ticks, as durations are read. */
  readonly interval?: number;
  readonly for?: number;
}

const USUAL_INTERVAL_TICKS = 2;
/** Where text goes into no terminal, plots are so wide. */
const USUAL_COLUMNS = 100;

class JsonLines implements Display {
  private told: PumpEvent | undefined;

  show(picture: Picture): void {
    const { events } = picture;
    const fresh = events.slice(this.told === undefined ? 0 : events.indexOf(this.told) + 1);
    this.told = events.at(-1);
    printLines(process.stdout, [JSON.stringify(jsonOf(picture, fresh))]);
  }
}

/** Text for whoever asked for one look, or reads it in a file: the last picture. */
class Snapshot implements Display {
  private last: Picture | null = null;

  show(picture: Picture): void {
    this.last = picture;
  }

  print(): void {
    if (this.last === null) return;
    const columns = Math.min(widthOf(process.stdout), USUAL_COLUMNS);
    const size = { columns, rows: Number.POSITIVE_INFINITY };
    printLines(process.stdout, screenLines(this.last, size, paintFor(process.stdout), '', ''));
  }
}

export async function monitorCommand(options: MonitorOptions): Promise<ExitCode> {
  const chosen = await choosePlace(options);
  const { place, wand } = await openWand(chosen);
  const follower = new Follower(wand, chosen.name);
  try {
    const code = await watch(follower, chosen.name, options);
    follower.leave();
    return code;
  } finally {
    await closePlace(place);
  }
}

async function watch(follower: Follower, name: string, options: MonitorOptions): Promise<ExitCode> {
  const plan = {
    intervalMs: (options.interval ?? USUAL_INTERVAL_TICKS) * TICK_MS,
    forMs: options.for === undefined ? null : options.for * TICK_MS,
    isOnce: options.once === true,
  };
  if (options.json === true) return await untilEnded(new Monitor(follower, new JsonLines(), plan));
  if (plan.isOnce || !process.stdout.isTTY) {
    const snapshot = new Snapshot();
    const code = await untilEnded(
      new Monitor(follower, snapshot, { ...plan, isOnce: plan.isOnce || plan.forMs === null }),
    );
    snapshot.print();
    return code;
  }
  const screen: TerminalScreen = new TerminalScreen((key) => monitor.key(key));
  const paint = paintFor(process.stdout);
  const monitor = new Monitor(
    follower,
    { show: (picture, news, help) => screen.draw(screenLines(picture, screen.size(), paint, news, help)) },
    plan,
  );
  process.stdout.on('resize', () => monitor.draw());
  screen.open();
  screen.draw([`asking the pump at ${name} ...   q leaves`]);
  try {
    return await untilEnded(monitor);
  } finally {
    screen.close();
  }
}

async function untilEnded(monitor: Monitor): Promise<ExitCode> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => monitor.end(INTERRUPTED));
  return await monitor.run();
}
