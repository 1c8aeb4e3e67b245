import { beforeAll, describe, expect, it } from 'vitest';
import { createFreeRun, lookAtClock } from '../../hal/espruino/free-run.ts';
import { PIN_MAPS } from '../../hal/espruino/board.ts';
import { pressurePaOf, supplyMvOf } from '../../hal/espruino/pin-hal.ts';
import { bundleBoard } from '../../scripts/bundle-board.ts';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { EVENT_KINDS } from '../../src/core/events.ts';
import {
  BOOT_AT,
  BOOT_WORDS,
  ENTRY_WORDS,
  LEDGER_AT,
  LEDGER_WORDS,
  LOG_AT,
  PRESCRIPTION_AT,
  PRESCRIPTION_WORDS,
} from '../../src/core/store.ts';
import { Rig } from '../core/rig.ts';
import { FakePins, type FakePinsOptions } from './fake-pins.ts';

/** 300 ug a day of 500 ug/mL: one stroke in 72 s. */
const SETUP = 'setup,2,500,40000000,0,38000000,0,0.0.500.2000000.0*8.196611000*24';
const STROKE = EVENT_KINDS.indexOf('stroke');
const MEMORY_ERROR = ALARMS.findIndex(({ name }) => name === 'memory-error');
const RESUME = EVENT_KINDS.indexOf('resume');

let code = '';
let coreHash = '';

beforeAll(async () => {
  ({ code, coreHash } = await bundleBoard('freeRunning'));
});

function started(options: FakePinsOptions = {}): FakePins {
  const pins = new FakePins(code, options);
  expect(pins.say(SETUP)).toMatch(/^ok,2,/);
  return pins;
}

/** Power off and on. */
function restarted(files: Map<string, string>): FakePins {
  return new FakePins(code, { files: new Map(files) });
}

function strokeTicks(pins: FakePins): number[] {
  return pins
    .events('event')
    .filter(([, kind]) => kind === STROKE)
    .map(([tick]) => tick!);
}

describe('a pump over pins', () => {
  it('says who it is and runs nothing before it is set up', () => {
    const pins = new FakePins(code);
    expect(pins.say('hello,1').split(',').slice(0, 5)).toEqual(['hello', '1', '1', coreHash, 'PICO_R1_3']);
    expect(pins.say('status,2')).toMatch(/^nak,2,4,/);
    pins.pass(200);
    expect(pins.windings).toEqual([]);
    expect(pins.say('setup,3,500,40000000,0,38000000,0,0.1.500.2000000.0*8.-1*24')).toMatch(/^nak,3,3,/);
  });

  it('turns its motor for each stroke, once round the windings and let go, and counts the feedback [SR-DOSE-7]', () => {
    const pins = started();
    pins.pass(150);
    expect(strokeTicks(pins)).toEqual([71, 143]);
    const energised = pins.windings.filter((value) => value !== 0);
    // 96 steps a stroke; before each the resting winding is a load for the supply's reading.
    expect(energised.length).toBe(2 * 96 + 2);
    expect(pins.windings.at(-1)).toBe(0);
    const steps = energised.slice(1, 97);
    expect(steps.slice(0, 5)).toEqual([6, 3, 9, 12, 6]);
    expect(pins.status()).toMatchObject({ requested: 2, stalls: 0, missed: 0 });
  });

  it('says the same as the firmware on a bench with the same readings, for a day', () => {
    const pins = started();
    pins.pass(86_400 + 1);
    const rig = new Rig();
    rig.pressurePa = pressurePaOf(Math.floor(pins.analog['A5']! * 65536));
    rig.loadedMv = supplyMvOf(Math.floor(pins.analog['A6']! * 65536), 3300);
    rig.restingMv = rig.loadedMv;
    rig.temperatureMilliC = 37_250;
    rig.jumpTo(86_400);
    const ours = pins.events('event').map(([tick, kind]) => [tick, kind]);
    const theirs = rig.events.map(({ tick, kind }) => [tick, EVENT_KINDS.indexOf(kind)]);
    expect(ours).toEqual(theirs);
    expect(pins.status().requested).toBe(1200);
  });

  it('raises a stall when the feedback stays away, with its two tones', () => {
    const pins = started();
    pins.isTurning = false;
    pins.pass(72 * 5);
    const kinds = pins.events('event').map(([, kind]) => EVENT_KINDS[kind!]);
    expect(kinds).toContain('raise');
    expect(pins.notes.map(({ freq }) => freq).slice(0, 2)).toEqual([2500, 1800]);
  });

  it('runs on a board that lacks watchdog, thermometer, reference and room', () => {
    const pins = started({ isBare: true, board: 'MDBT42Q' });
    pins.pass(7300);
    expect(strokeTicks(pins).length).toBe(101);
    expect(pins.kicks).toBe(0);
  });

  it('kicks the watchdog while it works, and by hand [SR-WD-1]', () => {
    const pins = started();
    expect(pins.watchdog).toBe('10 false');
    pins.pass(100);
    expect(pins.kicks).toBeGreaterThanOrEqual(99);
  });

  it('starts again with the board, and not after a stop', () => {
    const pins = started();
    pins.pass(10);
    const again = new FakePins(code, { files: pins.files });
    again.pass(80);
    // Saved in tick 0, so it goes on in tick 1, with nothing owed.
    expect(strokeTicks(again)).toEqual([72]);
    expect(again.say('stop,3')).toMatch(/^ok,3,/);
    const third = new FakePins(code, { files: pins.files });
    third.pass(80);
    expect(third.printed).toEqual([]);
  });

  it('goes on after a restart from what its store holds: counts, clock and what was programmed last', () => {
    const pins = started();
    pins.pass(3700);
    // Fifty strokes by the hour, one more since.
    expect(pins.status().requested).toBe(51);
    const again = restarted(pins.files);
    expect(again.status().requested).toBe(50);
    again.pass(72);
    const kinds = again.events('event').map(([at, kind, argument]) => [at, EVENT_KINDS[kind!], argument]);
    const alarm = ALARMS.findIndex(({ name }) => name === 'restarted');
    expect(kinds).toEqual([
      [3601, 'restart', 1],
      [3601, 'raise', alarm],
      [3601, 'tone', alarm],
      [3602, 'condition-gone', alarm],
      [3672, 'stroke', 51],
    ]);
    // 100 ug a day and not 300: a stroke in 216 s.
    expect(again.say('command,3,2.1.0.0.500.0*9.65537000*24')).toMatch(/^ok/);
    again.pass(2);
    const third = restarted(again.files);
    const from = third.status().tick;
    third.pass(432);
    expect(strokeTicks(third)).toEqual([from + 215, from + 431]);
  });

  it('that was stopped stays so after a restart, and one that was resumed delivers', () => {
    const pins = started();
    pins.pass(10);
    // Powered off before the tick that takes it, and with no room for what is not ordered.
    pins.freeBytes = 300;
    expect(pins.say('command,3,0.0')).toMatch(/^ok/);
    const again = restarted(pins.files);
    again.pass(200);
    expect(strokeTicks(again)).toEqual([]);
    expect(again.status().tick).toBe(201);
    expect(again.say('command,4,1.0')).toMatch(/^ok/);
    const third = restarted(again.files);
    third.pass(100);
    expect(strokeTicks(third).length).toBe(1);
  });

  it('whose stop found no room is none after a restart, and says so', () => {
    const pins = started();
    pins.pass(10);
    pins.freeBytes = 100;
    expect(pins.say('command,3,0.0')).toMatch(/^ok/);
    expect(pins.status().storeFailures).toBe(2);
    const again = restarted(pins.files);
    expect(again.printed.join()).toMatch(/^failure,0,the stored set-up is broken,/);
    again.pass(200);
    expect(strokeTicks(again)).toEqual([]);
  });

  it('that could not store what was programmed runs the minimum rate after a restart, and says so', () => {
    const pins = started();
    pins.pass(10);
    pins.isWorn = true;
    pins.say('command,3,2.1.0.0.500.0*9.65537000*24');
    pins.pass(3600);
    expect(pins.status().requested).toBe(16);
    const again = restarted(pins.files);
    again.pass(7200);
    expect(again.events('event')).toContainEqual([0, EVENT_KINDS.indexOf('raise'), MEMORY_ERROR]);
    // 250 nL/h are a stroke in 7,200 ticks.
    expect(strokeTicks(again)).toEqual([7199]);
  });

  it('a motor that is broken off in a step is let go and turns no more, and the watchdog starves', () => {
    const pins = started();
    pins.pass(70);
    pins.breaksOff = 'step';
    pins.pass(4);
    expect(pins.breaksOff).toBeNull();
    expect(pins.windings.at(-1)).toBe(0);
    const { kicks } = pins;
    const { length } = pins.windings;
    pins.pass(300);
    expect(pins.printed.filter((line) => line.startsWith('failure')).join()).toContain(
      'a stroke or a tone was broken off',
    );
    expect(pins.kicks).toBe(kicks);
    expect(pins.windings.length).toBe(length);
    expect(pins.say('command,3,1.0')).toMatch(/^nak,3,5,/);
  });

  it('a motor that is broken off after a stop is let go too', () => {
    const pins = started();
    pins.pass(71);
    pins.lookAhead(0.5);
    pins.breaksOff = 'step';
    pins.pass(0.1);
    expect(pins.breaksOff).toBeNull();
    pins.say('stop,3');
    pins.pass(4);
    expect(pins.windings.at(-1)).toBe(0);
  });

  it('a tone that is broken off does not sound for ever', () => {
    const pins = started();
    pins.isTurning = false;
    pins.breaksOff = 'note';
    while (pins.notes.length < 2) pins.pass(0.1);
    expect(pins.isSounding).toBe(true);
    pins.pass(4);
    expect(pins.isSounding).toBe(false);
    expect(pins.printed.some((line) => line.includes('a stroke or a tone was broken off'))).toBe(true);
  });

  it('has one chain of steps, even for a stroke that comes between the last step and letting go', () => {
    const pins = started();
    pins.pass(71);
    while (pins.windings.filter((value) => value !== 0).length < 97) pins.pass(0.001);
    pins.lookAhead(72.5);
    expect(strokeTicks(pins)).toEqual([71, 143]);
    const before = pins.windings.length;
    pins.pass(0.1);
    // 4 ms a step; two chains would be twice as fast, and the motor would not follow.
    expect(pins.windings.length - before).toBeLessThanOrEqual(26);
  });

  it('after a stop ends the stroke under way and begins no other, and the watchdog goes on being kicked [SR-DOSE-6]', () => {
    const pins = started();
    pins.pass(71);
    pins.lookAhead(72.5);
    pins.pass(0.1);
    pins.say('stop,3');
    const { kicks } = pins;
    pins.pass(30);
    // A stroke of 96 steps; the resting winding twice for the supply's reading. The other stroke was dropped.
    expect(pins.windings.filter((value) => value !== 0).length).toBeLessThanOrEqual(96 + 2);
    expect(pins.windings.at(-1)).toBe(0);
    expect(pins.kicks).toBeGreaterThanOrEqual(kicks + 29);
  });

  it('takes commands', () => {
    const pins = started();
    pins.pass(10);
    expect(pins.say('command,3,0.0')).toMatch(/^ok,3,/);
    pins.pass(200);
    expect(strokeTicks(pins)).toEqual([]);
    expect(pins.say('command,4,99.0')).toMatch(/^nak,4,3,/);
    expect(pins.say('command,5,7.0')).toMatch(/^ok/);
    pins.pass(2);
    expect(pins.printed.some((line) => line.startsWith('reply,0181'))).toBe(true);
  });
});

describe('time', () => {
  it('that was missed is caught up on the clock, and not in drug [SR-DOSE-2]', () => {
    const pins = started();
    pins.pass(100.5);
    pins.stall(300);
    pins.pass(500.5);
    const status = pins.status();
    expect(status.tick).toBe(901);
    // The stroke of tick 143 was due in the stall: from there to 400 nothing was added.
    expect(status).toMatchObject({ stalls: 1, missed: 257, jumps: 0 });
    const resumed = pins.events('event').find(([, kind]) => kind === RESUME);
    expect(resumed?.[2]).toBe(257);
    // 901 ticks less 257 without therapy are 8 strokes, not 12.
    expect(status.requested).toBe(8);
  });

  it('one tick late is on time', () => {
    const pins = started();
    pins.pass(71.2);
    pins.stall(1.5);
    pins.pass(80);
    expect(pins.status()).toMatchObject({ stalls: 0, missed: 0 });
    expect(strokeTicks(pins)).toEqual([71, 143]);
  });

  it('that was missed over a half hour, with a bit that flipped meanwhile, ends no delivery [SR-MEM-4]', () => {
    const ended: string[] = [];
    for (let word = 0; word < 13; word++) {
      for (let bit = 0; bit < 32; bit++) {
        const rig = new Rig({ therapy: { mode: 'continuous', unit: 'nl-per-hour', rate: 7777 } });
        const run = createFreeRun(rig.pump, rig.hal, 0);
        for (let second = 0; second <= 2000; second++) {
          if (second === 1700) rig.pump.prescription.words[word]! ^= 1 << bit;
          if (second <= 1790 || second > 1860) lookAtClock(run, second * 1000);
        }
        if (run.failure !== '') ended.push(`word ${word}, bit ${bit}: ${run.failure}`);
        expect(run.stalls, `word ${word}, bit ${bit}`).toBe(1);
      }
    }
    expect(ended).toEqual([]);
  });

  it('a stop that a clinician gave is not ended by a stall', () => {
    const pins = started();
    pins.pass(10);
    pins.say('command,3,0.0');
    pins.pass(10);
    pins.stall(3000);
    pins.pass(500);
    expect(strokeTicks(pins)).toEqual([]);
  });

  it('a stop commanded while the board was held up stays, and a resume delivers nothing for the time before', () => {
    const stopped = started();
    stopped.pass(60.5);
    stopped.stall(300);
    stopped.say('command,3,0.0');
    stopped.pass(500);
    expect(strokeTicks(stopped)).toEqual([]);

    const resumed = started();
    resumed.pass(10);
    resumed.say('command,3,0.0');
    resumed.pass(50.5);
    resumed.stall(3000);
    resumed.say('command,4,1.0');
    resumed.pass(2);
    expect(strokeTicks(resumed)).toEqual([]);
    resumed.pass(100);
    expect(strokeTicks(resumed).length).toBe(1);
  });

  it('set forward or back is a jump and no stall', () => {
    const pins = started();
    pins.pass(100.5);
    pins.clockOffsetMs = 30 * 86_400_000;
    pins.pass(10);
    expect(pins.status().jumps).toBe(1);
    const forward = pins.status().tick;
    // However far: nothing was missed, and the therapy goes on where it was.
    expect(forward).toBe(110);
    expect(pins.status()).toMatchObject({ stalls: 0, missed: 0 });
    pins.clockOffsetMs = -86_400_000;
    pins.pass(100);
    expect(pins.status()).toMatchObject({ jumps: 2, tick: forward + 100 });
  });

  it('a tick that was broken off is the last one: its state is half of one and half of the next', () => {
    const pins = started();
    pins.pass(60.5);
    pins.breakOffLook(12);
    const { kicks } = pins;
    pins.pass(200);
    expect(pins.printed.filter((line) => line.startsWith('failure')).join()).toContain(
      'a tick was broken off',
    );
    expect(strokeTicks(pins)).toEqual([]);
    expect(pins.kicks).toBe(kicks);
    expect(pins.say('command,3,1.0')).toMatch(/^nak,3,5,/);
  });

  it('an assertion ends delivery, says so and lets the watchdog starve [SR-SW-4, SR-WD-1]', () => {
    const rig = new Rig();
    let kicks = 0;
    const tones: number[] = [];
    const hal = {
      ...rig.hal,
      watchdog: { kick: () => (kicks += 1) },
      annunciator: { play: (pattern: number) => tones.push(pattern) },
      outletPressure: {
        readPa: (): number => {
          throw new Error('assertion: planted');
        },
      },
    };
    const run = createFreeRun(rig.pump, hal, 0);
    for (let second = 0; second < 200; second++) lookAtClock(run, second * 1000);
    expect(run.failure).toBe('assertion: planted');
    expect(kicks).toBe(71);
    expect(tones).toEqual([2]);
  });
});

describe('what is read', () => {
  it('pressure: scaled in integers, and failed near the rails [SR-SENS-1]', () => {
    expect(pressurePaOf(13107)).toBe(0);
    expect(pressurePaOf(52429)).toBe(150_000);
    expect(pressurePaOf(12000)).toBeLessThan(0);
    expect([null, 0, 2599, 62901, 65535].map(pressurePaOf)).toEqual([null, null, null, null, null]);
  });

  it('supply: over the divider, and failed when there can be no battery', () => {
    expect(supplyMvOf(32768, 3300)).toBe(3300);
    expect([null, 0, 65535].map((raw) => supplyMvOf(raw, 3300))).toEqual([null, null, null]);
  });
});

describe('a command', () => {
  it('is for now: what was stopped for three minutes is not delivered for three minutes', () => {
    const pins = started();
    pins.pass(300);
    pins.say('command,3,0.0');
    pins.pass(200);
    pins.say('command,4,1.0');
    pins.pass(100);
    const kinds = pins.events('event').filter(([, kind]) => EVENT_KINDS[kind!] === 'command');
    expect(kinds.map(([tick]) => tick)).toEqual([301, 501]);
    // Four before the stop; 13 s of the fifth's 72 are owed when it comes, which goes on after it.
    expect(strokeTicks(pins)).toEqual([71, 143, 215, 287, 559]);
  });
});

describe('the store', () => {
  const twice = (at: number, words: number): string[] => [`thecal.${at}`, `thecal.${at + words}`];
  const BOOT = twice(BOOT_AT, BOOT_WORDS);
  const PRESCRIPTIONS = twice(PRESCRIPTION_AT, PRESCRIPTION_WORDS);
  const LEDGERS = twice(LEDGER_AT, LEDGER_WORDS);

  it('lies in files twice, so that a torn one is written again from the other [SR-STORE-1]', () => {
    const pins = started();
    expect([...pins.files.keys()].sort()).toEqual([...BOOT, ...PRESCRIPTIONS, ...LEDGERS].sort());
    const whole = new Map(pins.files);
    for (const name of [...BOOT, ...PRESCRIPTIONS]) {
      const text = whole.get(name)!;
      for (const spoilt of [undefined, '', text.slice(0, 8), text.slice(0, -1) + '\xff']) {
        const files = new Map(whole);
        if (spoilt === undefined) files.delete(name);
        else files.set(name, spoilt);
        const again = restarted(files);
        expect(again.printed.join()).not.toContain('failure');
        expect(again.files.get(name)).toBe(text);
      }
    }
    pins.files.set(PRESCRIPTIONS[1]!, '');
    pins.pass(3600 + 2);
    expect(pins.files.get(PRESCRIPTIONS[1]!)).toBe(whole.get(PRESCRIPTIONS[1]!));
  });

  it('that holds no whole pump runs none, which is said, until there is a new one', () => {
    const { files } = started();
    const whole = BOOT.map((name) => files.get(name)!);
    for (let at = 0; at < whole[0]!.length; at++) {
      BOOT.forEach((name, i) => {
        const flipped = String.fromCharCode(whole[i]!.charCodeAt(at) ^ (1 << (at % 8)));
        files.set(name, whole[i]!.slice(0, at) + flipped + whole[i]!.slice(at + 1));
      });
      const pins = restarted(files);
      expect(pins.printed.join()).toMatch(/^failure,0,the stored set-up is broken,/);
      expect(pins.say('status,3')).toMatch(/^nak,3,7,/);
    }
    const pins = restarted(files);
    pins.pass(200);
    expect(strokeTicks(pins)).toEqual([]);
    expect(pins.say(SETUP)).toMatch(/^ok/);
    expect(pins.status().tick).toBe(0);
    expect(pins.say('stop,4')).toMatch(/^ok/);
    expect(pins.say('status,5')).toMatch(/^nak,5,4,/);
    expect(pins.files.size).toBe(0);
  });

  it('is written little by a restart: a ledger and an entry of the log', () => {
    const pins = started();
    const again = restarted(pins.files);
    const changed = [...again.files.keys()].filter((name) => again.files.get(name) !== pins.files.get(name));
    expect(changed.sort()).toEqual([LEDGERS[1], `thecal.${LOG_AT + ENTRY_WORDS}`].sort());
  });

  it('has no place for a number too large for a word', () => {
    const pins = new FakePins(code);
    expect(pins.say('setup,2,500,4000000000,0,38000000,0,0.0.500.2000000.0*8.196611000*24')).toMatch(
      /^nak,2,3,/,
    );
    expect(pins.files.size).toBe(0);
  });

  it('is not written where the interpreter might move the code that runs', () => {
    const pins = new FakePins(code);
    pins.freeBytes = 100;
    pins.say(SETUP);
    expect([...pins.files.keys()]).toEqual([]);
    // Boot record, prescription and ledger twice; and the first record was taken away first.
    expect(pins.status().storeFailures).toBe(8);
  });

  it('is no reason to stop where the flash refuses it', () => {
    const pins = new FakePins(code);
    pins.isWorn = true;
    expect(pins.say(SETUP)).toMatch(/^ok,2,/);
    pins.pass(150);
    expect(strokeTicks(pins)).toEqual([71, 143]);
    expect(pins.printed.filter((line) => line.startsWith('failure'))).toEqual([]);
    expect(pins.status().storeFailures).toBe(8);
  });
});

describe('the pin maps', () => {
  it('name each pin once, and at least three official boards', () => {
    expect(PIN_MAPS.filter(({ boards }) => !boards.includes('LINUX')).length).toBeGreaterThanOrEqual(3);
    for (const { phases, feedback, pressure, supply, buzzer } of PIN_MAPS) {
      const all = [...phases, feedback, pressure, supply, buzzer];
      expect(new Set(all).size).toBe(8);
    }
  });
});
