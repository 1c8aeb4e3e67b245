/**
 * Power loss at every word of every write of a busy day, and again at every word of what the restart itself writes.
 *
 * The day is run once, with a copy of the store from before each write. Each cut then is a store in which that write got
 * as far as some word, and a pump that is booted over it.
 */
import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { RESET_LOADED_MV } from '../../src/core/config.ts';
import { EVENT_KINDS } from '../../src/core/events.ts';
import { NO_BRIDGE, rateAt } from '../../src/core/prescription-words.ts';
import { readLog } from '../../src/core/log.ts';
import { bootPump, createPump } from '../../src/core/pump.ts';
import { SAVE_STROKES } from '../../src/core/ledger-record.ts';
import {
  BOOT_AT,
  BOOT_WORDS,
  LEDGER_AT,
  LOG_AT,
  PRESCRIPTION_AT,
  PRESCRIPTION_WORDS,
} from '../../src/core/store.ts';
import { commandOf, prescriptionWords } from '../../hal/prescription-words.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import type { ClinicalOrder } from '../../hal/target.ts';
import { ONE_IN_72, Rig } from './rig.ts';

const IS_LONG = process.env['THECAL_LONG'] === '1';
const HOUR = 3600;
const DAY = 24 * HOUR;
const STALL = ALARMS.findIndex((row) => row.name === 'motor-stall');
const MEMORY_ERROR = ALARMS.findIndex((row) => row.name === 'memory-error');
const RESTARTED = ALARMS.findIndex((row) => row.name === 'restarted');
const LOW_BATTERY_RESET = ALARMS.findIndex((row) => row.name === 'low-battery-reset');
const LOW_RESERVOIR = ALARMS.findIndex((row) => row.name === 'low-reservoir');

interface Asked {
  readonly atTick: number;
  readonly command: ClinicalOrder;
}

const program = (rate: number, concentrationUgPerMl: number): ClinicalOrder => ({
  kind: 'program',
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate },
  concentrationUgPerMl,
  bridgeNl: NO_BRIDGE,
});

const BUSY_DAY: readonly Asked[] = [
  { atTick: 1 * HOUR + 5, command: program(6000, 500) },
  { atTick: 2 * HOUR, command: { kind: 'low-reservoir', thresholdNl: 3_000_000 } },
  { atTick: 2 * HOUR + 1800, command: { kind: 'interrogate' } },
  { atTick: 3 * HOUR + 10, command: { kind: 'refill', volumeNl: 40_000_000 } },
  { atTick: 3 * HOUR + 10, command: program(6000, 1000) },
  { atTick: 5 * HOUR + 71, command: { kind: 'stop' } },
  { atTick: 6 * HOUR, command: { kind: 'resume' } },
  { atTick: 6 * HOUR + 1, command: program(0, 500) },
  { atTick: 9 * HOUR + 30, command: { kind: 'silence', alarm: STALL } },
  { atTick: 11 * HOUR, command: { kind: 'acknowledge', alarm: STALL } },
  { atTick: 12 * HOUR, command: program(12_000, 1000) },
  { atTick: 12 * HOUR, command: program(3000, 500) },
  { atTick: 20 * HOUR, command: { kind: 'stop' } },
];

/** At a full hour: found by the self-test of its half, and written again. */
const FLIPS = [
  { atTick: 14 * HOUR, address: PRESCRIPTION_AT + 2 },
  { atTick: 15 * HOUR, address: PRESCRIPTION_AT + PRESCRIPTION_WORDS + 2 },
  { atTick: 16 * HOUR, address: BOOT_AT },
  { atTick: 17 * HOUR, address: BOOT_AT + BOOT_WORDS + 1 },
] as const;

interface Write {
  readonly tick: number;
  readonly address: number;
  readonly words: Int32Array;
  readonly storeBefore: Int32Array;
  /** As of the beginning of the write. */
  readonly inForce: string;
  readonly requested: number;
  readonly entries: readonly string[];
}

const isPrescription = (address: number): boolean => address >= PRESCRIPTION_AT && address < LEDGER_AT;
const therapyOf = (words: Int32Array): string => words.subarray(0, PRESCRIPTION_WORDS - 2).join();

/** By hand: a stroke is 500e-6 mL x ug/mL, so 432 x ug/mL / (tenths of a ug a day) seconds apart. */
const ticksPerStroke = (words: Int32Array): number => (432 * words[2]!) / rateAt(words, 0);

const entryText = (tick: number, code: number, argument: number): string =>
  `${tick} ${EVENT_KINDS[code]} ${argument}`;

function logOf(rig: Rig): string[] {
  return readLog(rig.pump.log, rig.hal).map(({ tick, code, argument }) => entryText(tick, code, argument));
}

/** Notes every write and what was true when it began. */
function recordWrites(rig: Rig): Write[] {
  const writes: Write[] = [];
  const entries = logOf(rig);
  let inForce = therapyOf(rig.pump.prescription.words);
  rig.hearsWrite = (address, words, stored) => {
    writes.push({
      tick: rig.pump.nowTick,
      address,
      words: words.slice(),
      storeBefore: stored.slice(),
      inForce,
      requested: rig.pump.motor.requested,
      entries: entries.slice(),
    });
    if (isPrescription(address)) inForce = therapyOf(words);
    if (address >= LOG_AT) entries.push(entryText(words[0]!, words[1]!, words[2]!));
  };
  return writes;
}

function busyDay(): { readonly rig: Rig; readonly writes: readonly Write[] } {
  const rig = new Rig();
  const writes = recordWrites(rig);
  const runTo = (tick: number): void => {
    while (rig.pump.nowTick <= tick) {
      const flip = FLIPS.find(({ atTick }) => atTick === rig.pump.nowTick);
      if (flip !== undefined) rig.stored![flip.address]! ^= 1;
      const hour = Math.floor(rig.pump.nowTick / HOUR);
      rig.isTurning = hour < 8 || hour >= 10;
      rig.jumpTo(Math.min(tick, (hour + 1) * HOUR - 1));
    }
  };
  for (const { atTick, command } of BUSY_DAY) {
    runTo(atTick - 1);
    rig.core.queueCommand(rig.pump, commandOf(command));
  }
  runTo(DAY);
  return { rig, writes };
}

/** The store as a write leaves it that got as far as `count` words. */
function cutAt({ storeBefore, address, words }: Write, count: number): Int32Array {
  const store = storeBefore.slice();
  store.set(words.subarray(0, count), address);
  return store;
}

const isOf = (entry: string, tick: number): boolean => entry.startsWith(`${tick} `);
const last = (entries: readonly string[], pattern: RegExp): string => {
  return entries.findLast((entry) => pattern.test(entry)) ?? '';
};

/** Throws where a restarted pump is not what the cut may leave. Compared by hand: `expect` is slow, and these are many. */
function judge(rig: Rig, write: Write, count: number, restarts: number): void {
  const { pump } = rig;
  const isDone = count === write.words.length;
  const where = `tick ${write.tick}, address ${write.address}, word ${count} of ${write.words.length}`;
  const demand = (isRight: boolean, what: string): void => {
    if (!isRight) throw new Error(`${where}: ${what}`);
  };
  const therapy = therapyOf(pump.prescription.words);
  const isNew = isDone && isPrescription(write.address);
  demand(pump.prescription.isReadable === 1, 'no prescription');
  demand(therapy === (isNew ? therapyOf(write.words) : write.inForce), `prescription ${therapy}`);
  for (const copy of [0, 1]) {
    demand(rig.storedCopy(copy).join() === pump.prescription.words.join(), `stored copy ${copy}`);
  }

  const entries = [...write.entries];
  if (isDone && write.address >= LOG_AT) {
    entries.push(entryText(write.words[0]!, write.words[1]!, write.words[2]!));
  }
  const kept = logOf(rig);
  const said = kept.filter((entry) => !entry.includes('restart'));
  demand(said.join('; ') === entries.join('; '), `log ${said.join('; ')}`);
  demand(kept.at(-1)!.includes('restart'), 'the log does not end with the restart');
  demand(pump.ledger.restarts === restarts, `${pump.ledger.restarts} restarts`);

  const lost = write.requested - pump.motor.requested;
  demand(lost >= 0 && lost <= SAVE_STROKES, `${lost} strokes lost`);
  demand(pump.motor.confirmed <= pump.motor.requested, 'more confirmed than requested');

  // What the log says was accepted is in force; what was being accepted may be.
  const order = last(entries, / command (0|16)$/);
  const isInOrder = BUSY_DAY.some(
    ({ atTick, command }) => atTick === write.tick && (command.kind === 'stop' || command.kind === 'resume'),
  );
  const isStopped = pump.mode.isStopCommanded === 1;
  if (!isInOrder || isOf(order, write.tick)) demand(isStopped === / 0$/.test(order), 'stopped or not');
  const raised = last(entries, new RegExp(` (raise|clear) ${STALL}$`));
  if (!isOf(raised, write.tick)) {
    demand((pump.alarms.rows[STALL]!.isActive === 1) === raised.includes('raise'), 'the stall alarm');
  }

  const first = pump.nowTick;
  demand(first === write.tick + 1 || restarts > 1, `goes on at ${first}`);
  const period = ticksPerStroke(pump.prescription.words);
  rig.jumpTo(first + 3 * period - 1);
  const strokes = rig.ticksOf('stroke').join();
  const due = isStopped ? '' : [1, 2, 3].map((k) => first + k * period - 1).join();
  demand(strokes === due, `strokes at ${strokes} instead of ${due}`);
}

describe('power lost', () => {
  const { rig: day, writes } = busyDay();

  it('on a day that has all there is', () => {
    expect(day.pump.motor.requested).toBeGreaterThan(1000);
    const kinds = new Set(logOf(day).map((entry) => entry.split(' ')[1]));
    expect([...kinds].sort()).toEqual(
      ['acknowledge', 'clear', 'command', 'condition-gone', 'permission', 'raise', 'refill', 'resume'].sort(),
    );
    // Two for each prescription, a ledger for each hour and more.
    expect(writes.filter(({ address }) => isPrescription(address)).length).toBe(2 * 5 + 2);
    expect(writes.filter(({ address }) => address >= LEDGER_AT && address < LOG_AT).length).toBeGreaterThan(
      24,
    );
    expect(new Set(writes.map(({ inForce }) => inForce)).size).toBe(6);
    expect(logOf(day)).toEqual(
      writes
        .filter(({ address }) => address >= LOG_AT)
        .map(({ words }) => entryText(words[0]!, words[1]!, words[2]!)),
    );
  });

  it('at any word of any write leaves the old or the new prescription, at work, and the log but for that entry [SR-STORE-2]', () => {
    let cuts = 0;
    for (const write of writes) {
      for (let count = 0; count <= write.words.length; count++) {
        judge(Rig.restarted(cutAt(write, count), write.tick + 1), write, count, 1);
        cuts += 1;
      }
    }
    expect(cuts).toBeGreaterThan(2000);
  });

  it('once more at any word of what the restart writes leaves the same [SR-STORE-2]', () => {
    let cuts = 0;
    for (const write of writes) {
      const counts = IS_LONG
        ? Array.from({ length: write.words.length + 1 }, (_, count) => count)
        : [0, write.words.length >> 1, write.words.length];
      for (const count of counts) {
        // What the restart writes is noted on the way, and each of it cut.
        const store = cutAt(write, count);
        const noted: Write[] = [];
        const restart = Rig.restarted(store.slice(), write.tick + 1, (address, words, stored) => {
          noted.push({ ...write, address, words: words.slice(), storeBefore: stored.slice() });
        });
        expect(restart.pump.ledger.restarts).toBe(1);
        for (const again of noted) {
          for (let words = 0; words <= again.words.length; words++) {
            const isCounted =
              again.address >= LOG_AT || (again.address >= LEDGER_AT && words === again.words.length);
            const rig = Rig.restarted(cutAt(again, words), write.tick + 1);
            judge(rig, write, count, isCounted ? 2 : 1);
            cuts += 1;
          }
        }
      }
    }
    expect(cuts).toBeGreaterThan(10_000);
  });
});

/** Every store that a cut leaves while a pump is made over this one, with what the making was doing. */
function cutsOfMaking(rig: Rig, rate: number): { readonly store: Int32Array; readonly isMade: boolean }[] {
  const cuts: { store: Int32Array; isMade: boolean }[] = [];
  rig.hearsWrite = (address, words, stored) => {
    for (let count = 0; count <= words.length; count++) {
      const store = stored.slice();
      store.set(words.subarray(0, count), address);
      const isBoot = address < PRESCRIPTION_AT && words[0] !== 0;
      const isMade = isBoot && (address > BOOT_AT || count === words.length);
      cuts.push({ store, isMade });
    }
  };
  const therapy: Therapy = { mode: 'continuous', unit: 'tenth-ug-per-day', rate };
  const options = { ...ONE_IN_72, therapy };
  createPump({ ...options, words: prescriptionWords(options) }, rig.hal);
  return cuts;
}

describe('power lost while a pump is made', () => {
  const blank = new Rig();
  blank.stored!.fill(0);
  const used = new Rig().runTo(HOUR);

  it.each([
    ['from the factory', blank, false],
    ['over another one', used, true],
  ])('%s leaves none, or the new one whole [SR-STORE-2]', (_, rig, hasFormer) => {
    const cuts = cutsOfMaking(rig, 1000);
    expect(cuts.length).toBeGreaterThan(150);
    const seen = { none: 0, former: 0, made: 0 };
    for (const { store, isMade } of cuts) {
      rig.stored = store;
      rig.hearsWrite = () => {};
      const pump = bootPump(1, rig.hal);
      if (pump === null) {
        expect(isMade).toBe(false);
        seen.none += 1;
      } else if (isMade) {
        // A new pump's books, at tick 0.
        expect(rateAt(pump.prescription.words, 0)).toBe(1000);
        expect(pump).toMatchObject({ nowTick: 1, motor: { requested: 0 }, ledger: { restarts: 1 } });
        seen.made += 1;
      } else {
        // Until the second copy of its boot record is touched, the former one.
        expect(rateAt(pump.prescription.words, 0)).toBe(3000);
        expect(pump).toMatchObject({ motor: { requested: 50 } });
        seen.former += 1;
      }
    }
    expect(seen.made).toBeGreaterThanOrEqual(1 + BOOT_WORDS);
    expect(seen.none).toBeGreaterThan(100);
    expect(seen.former > 0).toBe(hasFormer);
  });
});

describe('a restart', () => {
  it('is an alarm of a moment, latched over the next one too [SR-STORE-3]', () => {
    const rig = Rig.restarted(new Rig().runTo(HOUR).stored!.slice(), HOUR + 1).jumpTo(HOUR + 10);
    expect(rig.said(HOUR + 1)).toEqual([`restart 1`, `raise ${RESTARTED}`, `tone ${RESTARTED}`]);
    expect(rig.said(HOUR + 2)).toEqual([`condition-gone ${RESTARTED}`]);
    const again = Rig.restarted(rig.stored!.slice(), HOUR + 11).jumpTo(HOUR + 20);
    expect(again.of('raise')).toEqual([{ tick: HOUR + 11, argument: RESTARTED }]);
    expect(again.pump.alarms.rows[RESTARTED]).toMatchObject({ isActive: 1, isAcknowledged: 0, raises: 2 });
    again.at(HOUR + 30, { kind: 'acknowledge', alarm: RESTARTED }).runTo(HOUR + 30);
    expect(again.pump.alarms.rows[RESTARTED]).toMatchObject({ isActive: 0 });
  });

  it('believes in a refill that the log has accepted [SR-STORE-2]', () => {
    const rig = new Rig().runTo(HOUR);
    const writes = recordWrites(rig);
    rig.at(HOUR + 5, { kind: 'refill', volumeNl: 3_000_000 }).runTo(HOUR + 5);
    const behindEntry = writes[writes.findIndex((write) => write.address >= LOG_AT) + 1]!;
    const again = Rig.restarted(cutAt(behindEntry, 0), HOUR + 6);
    expect(logOf(again)[0]).toContain('command 64');
    // Else it would take 38 mL for what is left of 3, and run dry without an alarm.
    expect(again.pump.ledger.filledNl).toBe(3_000_000);
  });

  it('lets an alarm go that was acknowledged, and whose condition is gone with the power [SR-STORE-3]', () => {
    const rig = new Rig();
    rig.loadedMv = RESET_LOADED_MV;
    rig.at(10 * HOUR, { kind: 'acknowledge', alarm: LOW_BATTERY_RESET }).runTo(10 * HOUR);
    expect(rig.pump.alarms.rows[LOW_BATTERY_RESET]).toMatchObject({ isPresent: 1, isAcknowledged: 1 });
    const isStillLow = Rig.restarted(rig.stored!.slice(), 11 * HOUR);
    isStillLow.loadedMv = RESET_LOADED_MV;
    isStillLow.runTo(12 * HOUR);
    expect(isStillLow.pump.alarms.rows[LOW_BATTERY_RESET]).toMatchObject({ isAcknowledged: 0, raises: 2 });
    const isCharged = Rig.restarted(rig.stored!.slice(), 11 * HOUR).runTo(12 * HOUR);
    // Else nobody could ever acknowledge it again.
    expect(isCharged.pump.alarms.rows[LOW_BATTERY_RESET]).toMatchObject({ isActive: 0, raises: 1 });
  });

  it('reads a ring that has gone round, and a torn entry costs that one and the oldest [SR-LOG-2]', () => {
    const rig = new Rig();
    const writes = recordWrites(rig);
    for (let i = 1; i <= 40; i++) rig.at(i * 10, { kind: i % 2 === 1 ? 'stop' : 'resume' });
    rig.runTo(500);
    const all = writes.filter(({ address }) => address >= LOG_AT);
    const texts = all.map(({ words }) => entryText(words[0]!, words[1]!, words[2]!));
    expect(texts.length).toBeGreaterThan(64);
    expect(logOf(rig)).toEqual(texts.slice(-64));
    const again = Rig.restarted(cutAt(all.at(-1)!, 2), 501);
    // The restart takes the torn place; the ledger was saved last at the end of tick 390.
    expect(logOf(again)).toEqual([...texts.slice(-64, -1), '501 restart 111']);
  });

  it('with no prescription whole runs the minimum rate and says so [SR-MEM-3]', () => {
    const rig = new Rig().runTo(HOUR);
    for (const copy of [0, 1]) rig.storedCopy(copy)[2]! ^= 1;
    const again = Rig.restarted(rig.stored!.slice(), HOUR + 1).runTo(3 * HOUR);
    expect(again.pump.mode.permission).toBe(1);
    expect(again.of('raise')).toEqual([
      { tick: HOUR + 1, argument: MEMORY_ERROR },
      { tick: HOUR + 1, argument: RESTARTED },
    ]);
    // 250 nL/h are a stroke in 7,200 ticks.
    expect(again.ticksOf('stroke')).toEqual([HOUR + 7200]);
    expect(again.pump.motor.requested).toBe(51);
  });

  it('with no ledger whole doses as prescribed and calls for somebody', () => {
    const rig = new Rig().runTo(HOUR);
    rig.stored!.fill(0, LEDGER_AT, LOG_AT);
    const again = Rig.restarted(rig.stored!.slice(), HOUR + 1).runTo(HOUR + 144);
    expect(again.said(HOUR + 1)).toContain(`raise ${LOW_RESERVOIR}`);
    expect(again.ticksOf('stroke')).toEqual([HOUR + 72, HOUR + 144]);
  });

  it('never goes back in time, and counts each', () => {
    const rig = new Rig().runTo(HOUR);
    const once = Rig.restarted(rig.stored!.slice(), 0);
    expect(once.pump).toMatchObject({ nowTick: HOUR + 1, ledger: { restarts: 1 } });
    const twice = Rig.restarted(once.stored!.slice(), 9 * HOUR);
    expect(twice.pump).toMatchObject({ nowTick: 9 * HOUR, ledger: { restarts: 2 } });
  });
});
