/** The trace as a format: what was written is read, whatever ended the writer, and no byte can change unseen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/cli/hashing.ts';
import { EVENT_KINDS, type PumpEvent } from '../../src/core/events.ts';
import { ByteReader, ByteWriter } from '../../src/trace/bytes.ts';
import { FIRST_LINE, HEAD_BYTES } from '../../src/trace/format.ts';
import { NoTraceError, readTrace, records, type TraceRecord } from '../../src/trace/read.ts';
import { TraceRing } from '../../src/trace/ring.ts';
import { createTraceWriter, type TraceWriter } from '../../src/trace/write.ts';
import { MANIFEST, memoryTrace } from './memory.ts';

const DAY = 86_400;

describe('plain data', () => {
  const there = (value: unknown): unknown => {
    const out = new ByteWriter(8);
    out.plain(value);
    return new ByteReader(out.view()).plain();
  };

  it('comes back as it was, whatever it is made of', () => {
    const leaf = fc.oneof(
      fc.constantFrom(null, true, false, undefined, Number.MAX_SAFE_INTEGER, -0, 2 ** 52, -(2 ** 53)),
      fc.maxSafeInteger(),
      fc.integer({ min: -400, max: 400 }),
      fc.double(),
      fc.string(),
      fc.int32Array(),
      fc.float64Array(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree')),
        fc.dictionary(fc.string(), tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(
        tree.filter((value) => !JSON.stringify(value ?? null).includes('"__proto__"')),
        (value) => {
          expect(there(value)).toStrictEqual(value);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is refused where it is not plain', () => {
    expect(() => there(new Map())).toThrow('[object Map] is no plain data');
    expect(() => there(() => 0)).toThrow('a function is no plain data');
  });
});

const plainRecord = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T, keyof T>(model, { noNullPrototype: true });

/** Anything that can happen, in order of ticks. */
const happenings: fc.Arbitrary<TraceRecord[]> = fc
  .array(
    plainRecord({
      step: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 3 * DAY })),
      what: fc.oneof(
        plainRecord({
          kind: fc.constant('event' as const),
          event: plainRecord({
            kind: fc.constantFrom(...EVENT_KINDS),
            argument: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
          }),
        }),
        plainRecord({ kind: fc.constant('state' as const), digest: fc.nat(0xffffffff) }),
        plainRecord({
          kind: fc.constant('stimulus' as const),
          stimulus: plainRecord({ kind: fc.constant('clear' as const), id: fc.string() }),
        }),
      ),
    }),
    { maxLength: 60 },
  )
  .map((items) => {
    let tick = 0;
    return items.map(({ step, what }): TraceRecord => {
      tick += step;
      if (what.kind !== 'event') return { ...what, tick };
      return { kind: 'event', tick, event: { ...what.event, tick } as PumpEvent };
    });
  });

function write(writer: TraceWriter, all: readonly TraceRecord[]): void {
  for (const record of all) {
    if (record.kind === 'event') writer.event(record.event);
    else if (record.kind === 'state') writer.stateDigest(record.tick, record.digest);
    else writer.stimulus(record.tick, record.stimulus);
  }
}

const END = { rolling: '0123456789abcdef', state: '01234567' };

/** Three days of strokes, with something done to the pump in each. */
function threeDays(): Uint8Array {
  const trace = memoryTrace({}, { keepsSnapshots: true, keepsValues: true });
  for (let tick = 71; tick < 3 * DAY; tick += 720) {
    if (tick % DAY < 720) trace.writer.stimulus(tick, { kind: 'clear', id: `day ${Math.floor(tick / DAY)}` });
    trace.writer.event({ tick, kind: 'stroke', argument: tick });
    if (trace.writer.areValuesDue(tick)) trace.writer.values(tick, new Map([['motor.requested', tick]]));
  }
  trace.writer.end(3 * DAY, END, 'passed');
  return trace.bytes();
}

describe('a trace', () => {
  it('holds what was written, in order, and the manifest', () => {
    fc.assert(
      fc.property(happenings, fc.integer({ min: 1, max: 20 }), (all, pieces) => {
        const trace = memoryTrace();
        const size = Math.ceil(all.length / pieces) || 1;
        for (let i = 0; i < all.length; i += size) {
          write(trace.writer, all.slice(i, i + size));
          if (i % 3 === 0) trace.writer.flush();
        }
        trace.writer.end(all.at(-1)?.tick ?? 0, END, 'passed');
        const read = trace.trace();
        expect([...records(read.blocks)]).toEqual(all);
        expect(read.manifest).toEqual(MANIFEST);
        expect(read.end).toEqual({ ticks: all.at(-1)?.tick ?? 0, ...END, verdict: 'passed' });
      }),
      { numRuns: 300 },
    );
  });

  it('begins a block with each day of pump time, and when one is full', () => {
    const trace = memoryTrace();
    for (let tick = 0; tick < 2 * DAY; tick++) trace.writer.event({ tick, kind: 'tone', argument: tick });
    const blocks = trace.trace().blocks.filter(({ kind }) => kind === 'records');
    expect(blocks.length).toBeGreaterThan(4);
    expect(blocks.some(({ firstTick }) => firstTick === DAY)).toBe(true);
    for (const block of blocks) {
      expect(block.body.length).toBeLessThan(66_000);
      expect(Math.floor(block.firstTick / DAY)).toBe(Math.floor(block.lastTick / DAY));
    }
  });

  it('takes about four bytes for a stroke and its part of the digests', () => {
    const trace = memoryTrace();
    const before = trace.bytes().length;
    for (let tick = 71, n = 1; tick < 30 * DAY; tick += 72, n++) {
      trace.writer.event({ tick, kind: 'stroke', argument: n });
    }
    const strokes = Math.floor((30 * DAY) / 72);
    expect((trace.bytes().length - before) / strokes).toBeLessThan(4);
  });

  it('cut at any byte is readable to its last whole block', () => {
    const bytes = threeDays();
    const whole = readTrace(bytes, sha256);
    if ('flaws' in whole) throw new Error('not whole');
    const { blocks } = whole.trace;
    const manifestEnd = blocks[1]!.offset;
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      if (length < manifestEnd) {
        expect(() => readTrace(cut, sha256), `cut at ${length}`).toThrow(NoTraceError);
        continue;
      }
      const read = readTrace(cut, sha256);
      if ('flaws' in read) throw new Error(`cut at ${length}: ${JSON.stringify(read.flaws)}`);
      const kept = blocks.filter(({ offset, body }) => offset + HEAD_BYTES + body.length <= length);
      expect(read.trace.blocks.length, `cut at ${length}`).toBe(kept.length);
      expect(read.trace.end).toBeNull();
    }
  });

  it('with any one byte changed says in which block it is, and in no other [SR-TRACE-2]', () => {
    const bytes = threeDays();
    const whole = readTrace(bytes, sha256);
    if ('flaws' in whole) throw new Error('not whole');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      const read = readTrace(changed, sha256);
      if (!('flaws' in read)) throw new Error(`byte ${at} changed unseen`);
      expect(read.flaws.length, `byte ${at}`).toBe(1);
      const [{ fromOffset, toOffset, block }] = read.flaws as [(typeof read.flaws)[0]];
      expect(at).toBeGreaterThanOrEqual(fromOffset);
      expect(at).toBeLessThan(toOffset);
      const own = whole.trace.blocks.find(
        ({ offset, body }) => at >= offset && at < offset + HEAD_BYTES + body.length,
      );
      expect(block, `byte ${at}`).toBe(own?.sequence ?? -1);
    }
  });

  it('with a block taken out, doubled or moved, or with more behind its end, says so', () => {
    const bytes = threeDays();
    const whole = readTrace(bytes, sha256);
    if ('flaws' in whole) throw new Error('not whole');
    const { blocks } = whole.trace;
    const [from, to] = [blocks[2]!.offset, blocks[3]!.offset];
    const before = bytes.subarray(0, from);
    const block = bytes.subarray(from, to);
    const after = bytes.subarray(to);
    for (const wrong of [
      [before, after],
      [before, block, block, after],
      [before, after.subarray(0, blocks[4]!.offset - to), block, after.subarray(blocks[4]!.offset - to)],
      [bytes, Uint8Array.of(0)],
    ]) {
      expect('flaws' in readTrace(Buffer.concat(wrong), sha256)).toBe(true);
    }
  });

  it('is told from other files', () => {
    const saying = (text: string): void => {
      readTrace(new TextEncoder().encode(text), sha256);
    };
    expect(() => saying('')).toThrow('the file is empty');
    expect(() => saying('name: x\n')).toThrow('this is no trace');
    expect(() => saying('# thecal trace 1 coreHash=1')).toThrow('format 1, which is text');
    expect(() => saying('thecal trace 3\nxyz')).toThrow('a trace of format 3; this version reads format 2');
    expect(() => saying('thecal tr')).toThrow('ends before its manifest');
    expect(() => readTrace(FIRST_LINE, sha256)).toThrow('ends before its manifest');
  });
});

describe('a trace of the last days', () => {
  /** A ring on a file in memory. */
  function ring(keepTicks: number) {
    let file: Uint8Array[] = [];
    let largest = 0;
    let rewrites = 0;
    const store = new TraceRing(
      {
        append(...parts) {
          file.push(...parts.map((part) => part.slice()));
          largest = Math.max(largest, Buffer.concat(file).length);
        },
        replace(parts) {
          file = parts.map((part) => part.slice());
          rewrites += 1;
        },
      },
      keepTicks,
      sha256,
    );
    const writer = createTraceWriter(store, sha256, { keepsSnapshots: true, keepsValues: true });
    writer.manifest(MANIFEST);
    return { writer, bytes: () => Buffer.concat(file), largest: () => largest, rewrites: () => rewrites };
  }

  function fill(writer: TraceWriter, days: number): void {
    for (let tick = 0, n = 0; tick < days * DAY; tick += 20, n++) {
      writer.event({ tick, kind: 'stroke', argument: n });
      if (writer.areValuesDue(tick)) writer.values(tick, new Map([['motor.requested', n]]));
    }
  }

  it('keeps the manifest and those days, proves them, and stays small all the while', () => {
    const { writer, bytes, largest, rewrites } = ring(10 * DAY);
    fill(writer, 200);
    writer.end(200 * DAY, END, 'passed');
    const read = readTrace(bytes(), sha256);
    if ('flaws' in read) throw new Error(JSON.stringify(read.flaws));
    const { manifest, gap, end, blocks } = read.trace;
    expect(manifest).toEqual(MANIFEST);
    expect(end?.ticks).toBe(200 * DAY);
    const first = records(blocks).next().value!;
    expect(first.tick).toBe(190 * DAY);
    expect(gap).toMatchObject({ throughTick: 190 * DAY - 20, fields: 'motor.requested' });
    const all = memoryTrace();
    fill(all.writer, 200);
    const expected = [...records(all.trace().blocks)].filter(({ tick }) => tick >= 190 * DAY);
    expect([...records(blocks)]).toEqual(expected);
    expect(rewrites()).toBeGreaterThan(5);
    expect(largest()).toBeLessThan(4 * bytes().length);
  });

  it('has a change of any one byte located too', () => {
    const { writer, bytes } = ring(DAY);
    fill(writer, 4);
    writer.end(4 * DAY, END, 'passed');
    const whole = bytes();
    expect('flaws' in readTrace(whole, sha256)).toBe(false);
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 1 << (at % 8);
      const read = readTrace(changed, sha256);
      if (!('flaws' in read)) throw new Error(`byte ${at} changed unseen`);
      const [{ fromOffset, toOffset }] = read.flaws as [(typeof read.flaws)[0]];
      expect(at).toBeGreaterThanOrEqual(fromOffset);
      expect(at).toBeLessThan(toOffset);
    }
  });

  it('is a trace like any other where nothing had to go', () => {
    const { writer, bytes } = ring(10 * DAY);
    fill(writer, 2);
    writer.end(2 * DAY, END, 'passed');
    const read = readTrace(bytes(), sha256);
    expect('trace' in read && read.trace.gap).toBeNull();
  });
});
