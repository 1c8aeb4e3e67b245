/** The client alone, against boards that are made up and a clock that nobody waits for. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textCrc } from '../../hal/espruino/board-target.ts';
import { BoardLostError, LineClient, type LinePort } from '../../hal/espruino/client.ts';
import { BoardLine } from '../../hal/espruino/connect.ts';
import { LINE_MAX, NAK_FIELDS, NAK_TOO_LONG, openLine, PROTOCOL, sealLine } from '../../hal/espruino/link.ts';
import { RecordingPort } from '../../hal/espruino/recording-port.ts';
import { TroubledPort } from '../../hal/espruino/troubled-port.ts';
import { LineFaults } from '../../hal/espruino/line-faults.ts';

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => vi.restoreAllMocks());

type Said = readonly [dueMs: number, line: string];

/** `board` says to each line that it gets what comes back, and when. */
function portTo(board: (line: string) => readonly Said[]) {
  let coming: Said[] = [];
  const port = {
    name: 'a port',
    traffic: { bytesOut: 0, bytesIn: 0 },
    sent: [] as string[],
    write(text: string) {
      port.sent.push(text);
      coming = [...coming, ...text.trim().split('\n').flatMap(board)].sort(([a], [b]) => a - b);
    },
    receive(timeoutMs: number) {
      const [dueMs, line] = coming[0] ?? [Number.POSITIVE_INFINITY, ''];
      if (dueMs > nowMs + timeoutMs) {
        nowMs += timeoutMs;
        return Promise.resolve(null);
      }
      nowMs = Math.max(nowMs, dueMs);
      coming = coming.slice(1);
      return Promise.resolve(line);
    },
    reopen: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return port;
}

const numberOf = (line: string): string => openLine(line, textCrc)![1]!;
const okTo = (line: string): string => sealLine(['ok', numberOf(line), 1], textCrc);

/** A line every `everyMs`, for ever. */
function chattering(everyMs: number, line: string) {
  return {
    ...portTo(() => []),
    receive() {
      nowMs += everyMs;
      return Promise.resolve(line);
    },
  } satisfies LinePort;
}

describe('a port that never falls silent', () => {
  it('gets no more time than one that does', async () => {
    const client = new LineClient(chattering(1, sealLine(['ok', 1, 1], textCrc)), textCrc, {
      timeoutMs: 100,
    });
    await expect(client.ask('setup', [1], 'ok')).rejects.toThrow(/no answer to "setup" after 4 tries/);
    expect(client.counts).toMatchObject({ lost: 4, retries: 3, reopened: 1 });
    expect(client.counts.stale).toBeGreaterThan(1000);
    expect(nowMs).toBeLessThan(2000);
  });

  it('is no Espruino board, whatever it says', async () => {
    for (const said of ['$GPGGA,123519,4807.038,N', sealLine(['nak', 1, 0], textCrc)]) {
      const port = chattering(20, said);
      const line = new BoardLine(
        { crc: textCrc, coreHash: null },
        (faults) => new RecordingPort(port, faults, false),
      );
      await expect(line.establish()).rejects.toThrow(/nothing there answers as an Espruino board/);
    }
  });

  it('has nothing of it lost by a fault for longer than a request waits', async () => {
    const faults = new LineFaults();
    const fault = {
      id: 'cut',
      kind: 'link-loss',
      appliedTick: 0,
      clearedTick: null,
      passedTick: null,
      fired: false,
    };
    const options = { chance: 1_000_000, direction: 'both' };
    faults.begin(7);
    faults.activate([{ ...fault, options, firedTick: null, memory: {}, flow: null, hasBent: false }], 0);
    expect(await new TroubledPort(chattering(1, 'noise'), faults).receive(50)).toBeNull();
  });
});

describe('the time that a board is given', () => {
  /** It takes so long for a request and for each wake in it; `lost` are the numbers of replies that get lost. */
  function boardOf(
    requestMs: Readonly<Record<string, number>>,
    wakeMs: number,
    lost: readonly number[] = [],
  ) {
    let busyUntilMs = 0;
    let replies = 0;
    const done = new Set<string>();
    const port = portTo((line) => {
      const [verb, number, wakes] = openLine(line, textCrc)!;
      const workMs = verb === 'wakes' ? Number(wakes) * wakeMs : 0;
      busyUntilMs = Math.max(nowMs, busyUntilMs);
      if (!done.has(number!)) busyUntilMs += (requestMs[verb!] ?? 1) + workMs;
      done.add(number!);
      replies += 1;
      return lost.includes(replies) ? [] : [[busyUntilMs, okTo(line)]];
    });
    return new LineClient(port, textCrc);
  }

  async function run(client: LineClient, batches: readonly number[]): Promise<void> {
    for (const verb of ['hello', 'setup', 'load', 'load']) await client.ask(verb, [1], 'ok');
    for (const wakes of batches) await client.ask('wakes', [wakes], 'ok', wakes);
  }

  it.each([1, 60, 150, 300])('is enough for one that takes %s ms a wake', async (wakeMs) => {
    const client = boardOf({}, wakeMs);
    await run(client, [4, 8, 32, 32, 1, 64]);
    expect(client.counts).toMatchObject({ exchanges: 10, retries: 0, lost: 0, reopened: 0 });
  });

  it('is enough for one that is slow to set up and quick to greet', async () => {
    const client = boardOf({ setup: 3000, load: 1500 }, 200);
    await run(client, [4]);
    expect(client.counts).toMatchObject({ retries: 0, lost: 0 });
  });

  it('is short once it is known that the board is fast', async () => {
    const client = boardOf({}, 1, [10]);
    await run(client, [4, 8, 16, 32, 32]);
    const beforeMs = nowMs;
    await client.ask('wakes', [32], 'ok', 32);
    expect(client.counts).toMatchObject({ retries: 1, lost: 1 });
    expect(nowMs - beforeMs).toBeLessThan(1500);
  });

  it('is short to say goodbye to one that is gone', async () => {
    const client = boardOf({}, 1, [5, 6, 7, 8]);
    await run(client, []);
    const beforeMs = nowMs;
    await expect(client.ask('bye', [], 'ok')).rejects.toThrow(BoardLostError);
    expect(nowMs - beforeMs).toBeLessThan(10_000);
  });
});

describe('what is no reply', () => {
  const BANNER = ['', ' ____ ', '|  __|', 'Uncaught Error', '>'];

  it('is passed over, and the reply behind it is taken', async () => {
    const port = portTo((line) => [...BANNER.map((text): Said => [0, text]), [100, okTo(line)]]);
    const client = new LineClient(port, textCrc, { timeoutMs: 500 });
    expect(await client.ask('setup', [1], 'ok')).toEqual(['1']);
    expect(port.sent).toHaveLength(1);
    expect(client.counts).toMatchObject({ retries: 0, broken: 0, lost: 0 });
  });

  it('is a damaged one wherever a bit of it has flipped, and is asked for again at once', async () => {
    let damage = (reply: string): string => reply;
    const port = portTo((line) => {
      const said = damage(okTo(line));
      damage = (reply) => reply;
      return [[nowMs, said]];
    });
    const client = new LineClient(port, textCrc, { timeoutMs: 500 });
    await client.ask('setup', [1], 'ok');
    const length = okTo(port.sent[0]!.trim()).length;
    for (let at = 0; at < length; at++) {
      for (let bit = 0; bit < 5; bit++) {
        damage = (reply) =>
          reply.slice(0, at) + String.fromCharCode(reply.charCodeAt(at) ^ (1 << bit)) + reply.slice(at + 1);
        expect(await client.ask('setup', [1], 'ok')).toEqual(['1']);
      }
    }
    expect(client.counts).toMatchObject({ broken: 5 * length, lost: 0 });
    expect(nowMs).toBe(0);
  });
});

describe('a request that the board takes for none', () => {
  const refusing = (code: number, times: number) => {
    let left = times;
    return portTo((line) => {
      left -= 1;
      if (left < 0) return [[nowMs, okTo(line)]];
      const last = Number(numberOf(line)) - 1;
      return [[nowMs, sealLine(['nak', last, code], textCrc)]];
    });
  };

  it.each([
    ['too long', NAK_TOO_LONG, /refused "load" twice: its line has 25\d\d characters.* 2000 at most/],
    [
      'without sense',
      NAK_FIELDS,
      /refused "load" twice: its fields mean nothing to it: load,\d+,1,7{50,}\.\.\.$/,
    ],
  ])('as it is %s ends after the second time, and says which', async (_what, code, message) => {
    const port = refusing(code, 9);
    const client = new LineClient(port, textCrc, { timeoutMs: 100 });
    const asked = client.ask('load', [1, '7'.repeat(LINE_MAX + 500)], 'ok');
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.not.toBeInstanceOf(BoardLostError);
    expect(port.sent).toHaveLength(2);
  });

  it('once, by noise, is sent again', async () => {
    const client = new LineClient(refusing(NAK_TOO_LONG, 1), textCrc, { timeoutMs: 100 });
    expect(await client.ask('load', [1, '7'], 'ok')).toEqual(['1']);
    expect(client.counts).toMatchObject({ refused: 1, retries: 1, lost: 0 });
  });
});

describe('a greeting', () => {
  it.each([
    [-1, null],
    [4711, 4711],
  ])('that says %s free variables means %s', async (said, meant) => {
    const port = portTo((line) => [
      [nowMs, sealLine(['hello', numberOf(line), PROTOCOL, 'a core', 'A BOARD', said, 5100], textCrc)],
    ]);
    const line = new BoardLine(
      { crc: textCrc, coreHash: null },
      (faults) => new RecordingPort(port, faults, false),
    );
    expect(await line.greet()).toEqual({
      coreHash: 'a core',
      board: 'A BOARD',
      freeVariables: meant,
      totalVariables: 5100,
    });
  });
});
