/** The monitor's loop over a pump that the test plays. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineError } from '../../../hal/espruino/client.ts';
import { INTERRUPTED, PASSED } from '../../../src/cli/exit-codes.ts';
import { PumpEndedError } from '../../../src/cli/monitor/follow.ts';
import { Monitor, type MonitorPlan } from '../../../src/cli/monitor/monitor.ts';
import type { Picture } from '../../../src/cli/monitor/picture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Motor stall and elective replacement sound. */
const PICTURE = {
  status: { activeAlarms: 0b10100, acknowledgedAlarms: 0 },
  presentAlarms: 0,
} as unknown as Picture;

const FOREVER: MonitorPlan = { intervalMs: 2000, forMs: null, isOnce: false };

/** `answers`: an error in place of a look, by its number. */
function watched(plan: MonitorPlan, answers: (look: number) => Error | null = () => null) {
  const log = {
    looks: 0,
    reopened: 0,
    silenced: [] as number[],
    news: [] as string[],
    helps: [] as string[],
  };
  const follower = {
    look: (): Promise<Picture> => {
      log.looks += 1;
      const error = answers(log.looks);
      return error === null ? Promise.resolve(PICTURE) : Promise.reject(error);
    },
    listen: (untilMs: number) =>
      new Promise<void>((resolve) => setTimeout(resolve, Math.max(1, untilMs - performance.now()))),
    silence: (alarm: number) => {
      log.silenced.push(alarm);
      return Promise.resolve('accepted');
    },
    reopen: () => {
      log.reopened += 1;
      return Promise.resolve();
    },
  };
  const monitor = new Monitor(
    follower,
    {
      show: (_picture, news, help) => {
        log.news.push(news);
        log.helps.push(help);
      },
    },
    plan,
  );
  const ended = monitor.run().then(
    (code) => ({ code }),
    (error: unknown) => ({ error: error as Error }),
  );
  return { monitor, log, ended, follower };
}

describe('the monitor', () => {
  it('looks once, or at each interval for as long as it is told', async () => {
    const once = watched({ ...FOREVER, isOnce: true });
    expect(await once.ended).toEqual({ code: PASSED });
    expect(once.log.looks).toBe(1);

    const five = watched({ ...FOREVER, forMs: 9000 });
    await vi.advanceTimersByTimeAsync(9500);
    expect(await five.ended).toEqual({ code: PASSED });
    // At 0, 2, 4, 6, 8 s and at the end.
    expect(five.log.looks).toBe(6);
  });

  it('ends by q with 0 and by Ctrl-C with 130, in the middle of whatever it waits for', async () => {
    for (const [key, code] of [
      ['q', PASSED],
      ['\x03', INTERRUPTED],
    ] as const) {
      const { monitor, ended } = watched(FOREVER);
      await vi.advanceTimersByTimeAsync(500);
      monitor.key(key);
      expect(await ended).toEqual({ code });
    }
  });

  it('shows nothing more and opens no port after it has ended, whatever becomes of its last look', async () => {
    let refuse = (_error: Error): void => undefined;
    const { monitor, log, ended, follower } = watched(FOREVER);
    await vi.advanceTimersByTimeAsync(500);
    follower.look = () => new Promise((_resolve, reject) => (refuse = reject));
    await vi.advanceTimersByTimeAsync(2000);
    monitor.end(PASSED);
    const shown = log.news.length;
    refuse(new LineError('nobody asks any more'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await ended).toEqual({ code: PASSED });
    expect([log.news.length, log.reopened]).toEqual([shown, 0]);
  });

  it('silences the first alarm when it is told twice, and only then', async () => {
    const { monitor, log } = watched(FOREVER);
    await vi.advanceTimersByTimeAsync(500);
    monitor.key('s');
    expect(log.helps.at(-1)).toMatch(/^silence motor-stall, .*\? y does/);
    monitor.key('n');
    await vi.advanceTimersByTimeAsync(500);
    monitor.key('y');
    monitor.key('s');
    monitor.key('q');
    await vi.advanceTimersByTimeAsync(500);
    expect(log.silenced).toEqual([]);
    monitor.key('s');
    monitor.key('y');
    await vi.advanceTimersByTimeAsync(500);
    expect(log.silenced).toEqual([2]);
    expect(log.news.at(-1)).toBe('silence motor-stall: accepted');
    monitor.end(PASSED);
  });

  it('says that the pump is lost, tries again, and goes on when it is back', async () => {
    const { monitor, log } = watched(FOREVER, (look) =>
      look >= 2 && look <= 4 ? new LineError('pump: does not answer') : null,
    );
    await vi.advanceTimersByTimeAsync(2600);
    expect(log.news.at(-1)).toBe('pump: does not answer; trying again');
    await vi.advanceTimersByTimeAsync(2000);
    expect(log.looks).toBeGreaterThan(4);
    expect(log.reopened).toBe(3);
    expect(log.news.at(-1)).toBe('');
    monitor.end(PASSED);
  });

  it('gives up a pump that was lost for half a minute, and one that was never there at once', async () => {
    const lost = watched(FOREVER, (look) => (look >= 2 ? new LineError('gone') : null));
    await vi.advanceTimersByTimeAsync(2000 + 29_000);
    expect(lost.log.news.at(-1)).toBe('gone; trying again');
    await vi.advanceTimersByTimeAsync(3000);
    expect(await lost.ended).toMatchObject({ error: { message: 'gone', name: 'InfrastructureError' } });

    const never = watched(FOREVER, () => new LineError('no pump is set up'));
    expect(await never.ended).toMatchObject({ error: { message: 'no pump is set up' } });
  });

  it('does not open the port of a pump that says that it has ended: opening resets some boards', async () => {
    const { log, ended } = watched(FOREVER, (look) => (look >= 2 ? new PumpEndedError('ended') : null));
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await ended).toMatchObject({ error: { message: 'ended' } });
    expect(log.reopened).toBe(0);
  });
});
