/** The port that faults of the line work on, between a host and a port that only notes what it is given. */
import { describe, expect, it } from 'vitest';
import { textCrc } from '../../hal/espruino/board-target.ts';
import type { LinePort } from '../../hal/espruino/client.ts';
import { LineFaults } from '../../hal/espruino/line-faults.ts';
import { LINE_MAX, openLine, sealLine } from '../../hal/espruino/link.ts';
import { TroubledPort } from '../../hal/espruino/troubled-port.ts';
import type { ActiveFault } from '../../sim/faults/fault.ts';
import { faultSpec } from '../../sim/faults/index.ts';
import { completeOptions } from '../../sim/faults/ledger.ts';

function faultOf(kind: string, options: Record<string, number | string> = {}, id = kind): ActiveFault {
  return {
    id,
    kind,
    options: completeOptions(faultSpec(kind), options, 1000),
    appliedTick: 100,
    clearedTick: null,
    passedTick: null,
    fired: false,
    firedTick: null,
    memory: {},
    flow: null,
    hasBent: false,
  };
}

const ALL = { chance: 1_000_000 };

/** `said` are lines that the board has sent already. */
function rig(faults: readonly ActiveFault[], said: readonly string[] = [], seed = 7) {
  const written: string[] = [];
  const lines = [...said];
  const port: LinePort = {
    name: 'a port',
    traffic: { bytesOut: 0, bytesIn: 0 },
    write: (text) => written.push(text),
    receive: async (timeoutMs) => {
      const line = lines.shift();
      if (line === undefined) await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      return line ?? null;
    },
    reopen: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const state = new LineFaults();
  state.begin(seed);
  state.activate(faults, 90);
  return { host: new TroubledPort(port, state), state, written };
}

async function received(host: TroubledPort): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await host.receive(0); line !== null; line = await host.receive(0)) lines.push(line);
  return lines;
}

const REQUESTS = Array.from({ length: 400 }, (_, i) => `${sealLine(['wakes', i, '71:0:1000'], textCrc)}\n`);

function sent(faults: readonly ActiveFault[], seed = 7): string[] {
  const { host, written } = rig(faults, [], seed);
  for (const request of REQUESTS) host.write(request);
  return written;
}

/** How many bits two texts of one length differ in. */
function bitsBetween(one: string, other: string): number {
  expect(other.length).toBe(one.length);
  let bits = 0;
  for (let i = 0; i < one.length; i++) {
    for (let rest = one.charCodeAt(i) ^ other.charCodeAt(i); rest !== 0; rest >>>= 1) bits += rest & 1;
  }
  return bits;
}

describe('a line without faults', () => {
  it('passes everything on as it is', async () => {
    expect(sent([])).toEqual(REQUESTS);
    expect(await received(rig([], ['did,1', '', 'did,2']).host)).toEqual(['did,1', '', 'did,2']);
  });
});

describe('link-loss', () => {
  it('loses all of what goes its way and nothing of what comes the other', async () => {
    for (const direction of ['to-board', 'from-board', 'both']) {
      const { host, written } = rig([faultOf('link-loss', { ...ALL, direction })], ['did,1', 'did,2']);
      host.write('wakes,1\n');
      expect(written).toEqual(direction === 'from-board' ? ['wakes,1\n'] : []);
      expect(await received(host)).toEqual(direction === 'to-board' ? ['did,1', 'did,2'] : []);
    }
  });

  it('loses about its share, the same messages for the same seed and others for another', () => {
    const faults = [faultOf('link-loss')];
    const lost = REQUESTS.length - sent(faults).length;
    expect(lost).toBeGreaterThan(20);
    expect(lost).toBeLessThan(60);
    expect(sent(faults)).toEqual(sent(faults));
    expect(sent(faults, 8)).not.toEqual(sent(faults));
    expect(sent([faultOf('link-loss', {}, 'another')])).not.toEqual(sent(faults));
  });

  it('reaches what is said to the console too', () => {
    const { host, written } = rig([faultOf('link-loss', ALL)]);
    host.write('\x10thecal.serve()\n');
    expect(written).toEqual([]);
  });
});

describe('link-corrupt', () => {
  it('flips one bit of each, never a line end, and makes no control character', () => {
    const arrived = sent([faultOf('link-corrupt', ALL)]);
    expect(arrived).toHaveLength(REQUESTS.length);
    arrived.forEach((text, i) => {
      expect(bitsBetween(REQUESTS[i]!, text)).toBe(1);
      expect(text).toMatch(/^[ -\x7f]+\n$/);
      expect(openLine(text.trim(), textCrc)).toBeNull();
    });
    const places = arrived.map((text, i) => {
      let at = 0;
      while (text.charAt(at) === REQUESTS[i]!.charAt(at)) at += 1;
      return at;
    });
    expect(new Set(places).size).toBeGreaterThan(15);
  });

  it('flips one bit of a reply', async () => {
    const reply = sealLine(['did', 1, 32, 0], textCrc);
    const [arrived] = await received(rig([faultOf('link-corrupt', ALL)], [reply]).host);
    expect(bitsBetween(reply, arrived!)).toBe(1);
  });

  it('leaves the console alone, which would carry out what it got', () => {
    const { host, written, state } = rig([faultOf('link-corrupt', ALL)]);
    host.write('\x10thecal.serve()\n');
    expect(written).toEqual(['\x10thecal.serve()\n']);
    expect(state.completed([])).toEqual([]);
  });

  it('never takes a bit from a message that another fault has struck', () => {
    const faults = [faultOf('link-corrupt', ALL, 'one'), faultOf('link-corrupt', ALL, 'two')];
    sent(faults).forEach((text, i) => expect(bitsBetween(REQUESTS[i]!, text)).toBe(1));
  });

  it('is always found: the check knows every single bit of the longest line [SR-LINE-1]', {
    timeout: 60_000,
  }, () => {
    const line = sealLine(['wakes', 1, 'x'.repeat(LINE_MAX - 13)], textCrc);
    expect(line.length).toBeGreaterThan(LINE_MAX - 5);
    for (let at = 0; at < line.length; at++) {
      for (let bit = 0; bit < 7; bit++) {
        const text =
          line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ (1 << bit)) + line.slice(at + 1);
        if (openLine(text, textCrc) !== null) throw new Error(`bit ${bit} of character ${at} goes unnoticed`);
      }
    }
  });
});

describe('link-delay', () => {
  it('holds a request and loses none', async () => {
    const { host, written } = rig([faultOf('link-delay', { ...ALL, 'held-ms': 20 })]);
    host.write('wakes,1\n');
    expect(written).toEqual([]);
    await expect.poll(() => written).toEqual(['wakes,1\n']);
  });

  it('gives a held reply to whoever still waits, or waits again', async () => {
    const { host } = rig([faultOf('link-delay', { ...ALL, 'held-ms': 40 })], ['did,1', 'did,2']);
    expect(await host.receive(0)).toBeNull();
    expect(await host.receive(5000)).toBe('did,1');
    expect(await host.receive(5000)).toBe('did,2');
  });

  it('has everything arrive at once when the line is calm again', async () => {
    const { host, state, written } = rig([faultOf('link-delay', { ...ALL, 'held-ms': 10_000 })], ['did,1']);
    host.write('wakes,1\n');
    expect(await host.receive(0)).toBeNull();
    state.activate([], 200);
    host.write('wakes,2\n');
    expect(written).toEqual(['wakes,2\n']);
    expect(host.release()).toBe(true);
    expect(written).toEqual(['wakes,2\n', 'wakes,1\n']);
    expect(await host.receive(0)).toBe('did,1');
    expect(host.release()).toBe(false);
  });
});

describe('the evidence', () => {
  const record = { appliedTick: 100, clearedTick: null, passedTick: null, fired: false, firedTick: null };

  it('counts strikes, from the tick of the first on, and not before the fault was there', () => {
    const { host, state } = rig([faultOf('link-loss', ALL)]);
    const of = { ...record, id: 'link-loss', kind: 'link-loss', strikes: null };
    expect(state.completed([of])).toEqual([{ ...of, strikes: 0 }]);
    host.write('wakes,1\n');
    state.activate([faultOf('link-loss', ALL)], 300);
    host.write('wakes,2\n');
    expect(state.completed([of])).toEqual([{ ...of, fired: true, firedTick: 100, strikes: 2 }]);
  });

  it('leaves the records of other faults alone, and has those that the line was given up under', () => {
    const { host, state } = rig([faultOf('link-loss', ALL)]);
    const gear = { ...record, id: 'gear', kind: 'motor-stall' };
    host.write('wakes,1\n');
    expect(state.completed([gear])).toEqual([
      gear,
      { ...record, id: 'link-loss', kind: 'link-loss', fired: true, firedTick: 100, strikes: 1 },
    ]);
  });

  it('goes back with the run, and begins anew with another', () => {
    const { host, state } = rig([faultOf('link-loss', ALL)]);
    host.write('wakes,1\n');
    state.keepOnly(['link-loss']);
    expect(state.completed([])).toMatchObject([{ strikes: 1 }]);
    state.keepOnly(['gear']);
    expect(state.completed([])).toEqual([]);
    host.write('wakes,2\n');
    expect(state.completed([])).toMatchObject([{ strikes: 1 }]);
    state.begin(7);
    expect(state.completed([])).toEqual([]);
  });
});
