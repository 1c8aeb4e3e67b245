/** What the monitor learns from a pump on a virtual board, over the console as it is. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textCrc } from '../../../hal/espruino/board-target.ts';
import type { LinePort } from '../../../hal/espruino/client.ts';
import { Wand } from '../../../hal/espruino/wand.ts';
import { benchSetup } from '../../../hal/virtual/bench.ts';
import { openInProcess } from '../../../hal/virtual/in-process.ts';
import { NO_MISCHIEF } from '../../../hal/virtual/mischief.ts';
import { bundleBoard } from '../../../scripts/bundle-board.ts';
import { Follower } from '../../../src/cli/monitor/follow.ts';
import { alarmsOf, type Picture } from '../../../src/cli/monitor/picture.ts';
import { prescribedNlPerHour } from '../../../src/programmer/forecast.ts';

const { code } = await bundleBoard('freeRunning');
const lockstep = (await bundleBoard('lockstep')).code;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time passes until it is done. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  const state = { isOver: false };
  const over = promise.finally(() => (state.isOver = true));
  over.catch(() => undefined);
  for (let waits = 0; !state.isOver && waits < 6000; waits++) await vi.advanceTimersByTimeAsync(100);
  return await over;
}

interface Bench {
  readonly port: LinePort;
  /** All that was sent to the board. */
  readonly sent: () => string;
}

async function benchOf(
  faults: readonly string[] = [],
  firmware = code,
  firstLine = benchSetup(),
): Promise<Bench> {
  const files = [{ name: '.bootcde', content: firmware }];
  const plan = { link: null, storage: null, mischief: NO_MISCHIEF, isFull: false, files, faults, firstLine };
  const port = await openInProcess(plan);
  let sent = '';
  const heard: LinePort = {
    ...port,
    write: (text) => {
      sent += text;
      port.write(text);
    },
  };
  return { port: heard, sent: () => sent };
}

async function followerOf(bench: Bench): Promise<Follower> {
  return new Follower(await inTime(Wand.over(bench.port, textCrc)), 'pump');
}

async function lookAfter(follower: Follower, seconds: number): Promise<Picture> {
  await inTime(follower.listen(performance.now() + seconds * 1000));
  return await inTime(follower.look());
}

describe('a pump that is watched', () => {
  it('tells status, prescription and what happened, and goes on as it was', async () => {
    const bench = await benchOf();
    const follower = await followerOf(bench);
    const first = await inTime(follower.look());
    expect(first).toMatchObject({ place: 'pump', strokeNl: 500, reservoirNl: 40_000_000, startHour: 0 });
    expect(prescribedNlPerHour(first, first.status.nowTick)).toBe(25_000);
    let picture = first;
    for (let look = 0; look < 5; look++) picture = await lookAfter(follower, 60);
    const { nowTick, requestedStrokes } = picture.status;
    expect(requestedStrokes).toBe(Math.floor(nowTick / 72));
    expect(picture.events.filter(({ kind }) => kind === 'stroke').map(({ tick }) => tick)).toEqual(
      [71, 143, 215, 287].filter((tick) => tick > first.status.nowTick && tick <= nowTick),
    );
    // What was sent broke nothing off, began no session and ordered nothing.
    expect(bench.sent()).not.toMatch(/\x03|reset|load|hello,|command,|setup,|stop,/);
    await bench.port.close();
  });

  it('tells its alarms, and one that is silenced', async () => {
    const bench = await benchOf(['motor-stall']);
    const follower = await followerOf(bench);
    await inTime(follower.look());
    const picture = await lookAfter(follower, 300);
    expect(alarmsOf(picture)).toEqual([
      { alarm: 'motor-stall', isCritical: true, isPresent: true, isAcknowledged: false, index: 2 },
    ]);
    expect(picture.events.map(({ kind }) => kind)).toContain('raise');
    expect(await inTime(follower.silence(2))).toBe('accepted');
    await bench.port.close();
  });

  it('is asked anew where another programmer has asked meanwhile', async () => {
    const bench = await benchOf();
    const [one, other] = [await followerOf(bench), await followerOf(bench)];
    await inTime(one.look());
    await inTime(other.look());
    expect((await lookAfter(one, 1)).status.nowTick).toBeGreaterThan(0);
    await bench.port.close();
  });

  it('answers nobody who has left', async () => {
    const bench = await benchOf();
    const follower = await followerOf(bench);
    const look = follower.look();
    follower.leave();
    await expect(inTime(look)).rejects.toThrow('pump: nobody asks any more');
    expect(bench.sent().match(/thecal\("frame/g)).toHaveLength(1);
    await bench.port.close();
  });

  it('that starts again begins a new picture', async () => {
    const bench = await benchOf();
    const follower = await followerOf(bench);
    const before = await lookAfter(follower, 200);
    bench.port.write(`\x10${benchSetup()}\n`);
    const after = await lookAfter(follower, 10);
    expect(after.status.nowTick).toBeLessThan(before.status.nowTick);
    expect(after.samples.length).toBe(1);
    await bench.port.close();
  });

  it('and was stopped for good is said to be none', async () => {
    const bench = await benchOf();
    const follower = await followerOf(bench);
    await inTime(follower.look());
    bench.port.write('\x10thecal("stop,9,f460")\n');
    await expect(lookAfter(follower, 1)).rejects.toThrow('no pump is set up');
    await bench.port.close();
  });
});

describe('what is no free-running pump', () => {
  it('is told, with what to do', async () => {
    for (const [firmware, words] of [
      ['', 'no firmware is on this board: thecal board flash --free-run'],
      [lockstep, 'the firmware for lockstep is on this board'],
    ] as const) {
      const bench = await benchOf([], firmware, '');
      await expect(inTime(Wand.over(bench.port, textCrc))).rejects.toThrow(words);
      await bench.port.close();
    }
    const serving = await benchOf([], `${lockstep};thecal.serve()`, '');
    await expect(inTime(Wand.over(serving.port, textCrc))).rejects.toThrow('a lockstep session is open');
    await serving.port.close();
  });
});
