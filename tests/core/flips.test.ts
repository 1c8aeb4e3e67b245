/** A bit of the prescription flips, and a command, a program or a look comes before it was found. */
import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import type { ClinicalOrder } from '../../hal/target.ts';
import { NO_BRIDGE, rateAt } from '../../src/core/prescription-words.ts';
import { Rig } from './rig.ts';

const RATE_WORD = 12;
const CONCENTRATION_WORD = 2;
const LOW_RESERVOIR_WORD = 3;
const HOUR = 3600;
const DAY = 86_400;
const MEMORY_REPAIRED = ALARMS.findIndex((row) => row.name === 'memory-repaired');

const program = (rate: number, concentrationUgPerMl: number): ClinicalOrder => ({
  kind: 'program',
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate },
  concentrationUgPerMl,
  bridgeNl: NO_BRIDGE,
});

/** Stroke ticks of one stroke in 72 ticks, from stroke `first` to the last by `toTick`. */
function every72(first: number, toTick: number): number[] {
  const ticks: number[] = [];
  for (let at = 72 * first - 1; at <= toTick; at += 72) ticks.push(at);
  return ticks;
}

function flip(rig: Rig, word: number, bit: number): void {
  rig.pump.prescription.words[word]! ^= 1 << bit;
}

describe('a command in the tick of a flip', () => {
  it('that sets the low-reservoir threshold does not seal the flipped rate [SR-MEM-4]', () => {
    const rig = new Rig().runTo(999);
    // 3,000 tenths become 3,064.
    flip(rig, RATE_WORD, 6);
    rig.at(1000, { kind: 'low-reservoir', thresholdNl: 3_000_000 }).runTo(DAY);
    expect(rig.of('raise')).toEqual([{ tick: 1000, argument: MEMORY_REPAIRED }]);
    expect(rig.said(1000)[0]).toBe('command 48');
    expect(rig.pump.prescription).toMatchObject({ isReadable: 1, repairs: 1 });
    for (const words of [rig.pump.prescription.words, rig.storedCopy(0), rig.storedCopy(1)]) {
      expect(rateAt(words, 0)).toBe(3000);
      expect(words[LOW_RESERVOIR_WORD]).toBe(3_000_000);
    }
    expect(rig.ticksOf('stroke')).toEqual(every72(1, DAY));
  });

  it('that acknowledges or asks does not seal it either, and finds it [SR-MEM-4]', () => {
    for (const command of [{ kind: 'acknowledge', alarm: 3 }, { kind: 'interrogate' }] as const) {
      const rig = new Rig().runTo(999);
      flip(rig, RATE_WORD, 6);
      rig.at(1000, command).runTo(1000);
      expect(rig.of('raise')).toEqual([{ tick: 1000, argument: MEMORY_REPAIRED }]);
      expect(rateAt(rig.pump.prescription.words, 0)).toBe(3000);
    }
  });
});

describe('a program over a flipped concentration', () => {
  it('of 512 ug/mL that reads 0 scales by the true one', () => {
    const rig = new Rig({ concentrationUgPerMl: 512 }).runTo(20);
    flip(rig, CONCENTRATION_WORD, 9);
    expect(rig.pump.prescription.words[CONCENTRATION_WORD]).toBe(0);
    // 50 ticks of 3e8 are owed, 1.5e10. At twice the strength the same fraction is 3e10; tick 50 adds 3e8.
    rig.at(50, program(3000, 1024)).runTo(50);
    expect(rig.pump.dosing).toMatchObject({ owed: 30_300_000_000, denominator: 86_400 * 1024 * 500 });
    expect(rig.of('raise')).toEqual([{ tick: 50, argument: MEMORY_REPAIRED }]);
    // A stroke is 4.42368e10: missing 1.39368e10 are 46.456 ticks, so the 47th after tick 50.
    rig.runTo(200);
    expect(rig.ticksOf('stroke')[0]).toBe(97);
  });

  it('of 500 ug/mL that reads 244 scales by the true one', () => {
    const rig = new Rig().runTo(20);
    flip(rig, CONCENTRATION_WORD, 8);
    expect(rig.pump.prescription.words[CONCENTRATION_WORD]).toBe(244);
    // 1.5e10 x 333 / 500 = 9.99e9, and 3e8 of the tick.
    rig.at(50, program(3000, 333)).runTo(50);
    expect(rig.pump.dosing).toMatchObject({ owed: 10_290_000_000, denominator: 86_400 * 333 * 500 });
    expect(rig.of('raise')).toEqual([{ tick: 50, argument: MEMORY_REPAIRED }]);
  });
});

describe.each(['runTo', 'jumpTo'] as const)('a flipped concentration, by %s', (move) => {
  const VOLUME = { mode: 'continuous', unit: 'nl-per-hour', rate: 25_000 } as const;

  it('in the middle of an hour moves no stroke of a dose rate', () => {
    const rig = new Rig()[move](5000);
    flip(rig, CONCENTRATION_WORD, 10);
    rig[move](3 * HOUR);
    // Found where the next stroke is due, stroke 70.
    expect(rig.of('raise')).toEqual([{ tick: 5039, argument: MEMORY_REPAIRED }]);
    expect(rig.ticksOf('stroke')).toEqual(every72(1, 3 * HOUR));
  });

  it('while stopped is found by the self-test of the hour', () => {
    const rig = new Rig().at(100, { kind: 'stop' })[move](150);
    flip(rig, CONCENTRATION_WORD, 8);
    rig[move](3999);
    expect(rig.of('raise')).toEqual([{ tick: 3600, argument: MEMORY_REPAIRED }]);
    // 28 ticks of the second stroke had accrued; the resume in 4,000 and 43 ticks more complete it.
    rig.at(4000, { kind: 'resume' })[move](4100);
    expect(rig.ticksOf('stroke')).toEqual([71, 4043]);
  });

  it('that is huge makes a stroke of a volume rate due at once, and is found before it is pushed [SR-MEM-1]', () => {
    const rig = new Rig({ therapy: VOLUME })[move](1000);
    flip(rig, CONCENTRATION_WORD, 30);
    rig[move](HOUR);
    // 25 uL/h are a stroke in 72 s as well.
    expect(rig.of('raise')).toEqual([{ tick: 1001, argument: MEMORY_REPAIRED }]);
    expect(rig.ticksOf('stroke')).toEqual(every72(1, HOUR));
  });

  it('that is larger brings a volume rate to a verified stroke early, and never to more than one [SR-MEM-4]', () => {
    const rig = new Rig({ therapy: VOLUME })[move](1000);
    flip(rig, CONCENTRATION_WORD, 10);
    rig[move](HOUR);
    // 65 of 72 are owed after tick 1,000; at 1,524 ug/mL 3.048 a tick, so tick 1,003 would be over: it is mended
    // there with 65 + 2 x 3.048 = 71.096 owed, adds 1 and pushes. 0.096 of a stroke's 72 is all that came of it.
    expect(rig.of('raise')).toEqual([{ tick: 1003, argument: MEMORY_REPAIRED }]);
    const strokes = rig.ticksOf('stroke');
    expect(strokes.slice(13, 16)).toEqual([1003, 1075, 1147]);
    expect(strokes.length).toBe(50);
  });

  it('below zero asks for nothing by volume until the self-test, and what is missed is not made up', () => {
    const rig = new Rig({ therapy: VOLUME })[move](1000);
    flip(rig, CONCENTRATION_WORD, 31);
    rig[move](2 * HOUR);
    expect(rig.of('raise')).toEqual([{ tick: 3600, argument: MEMORY_REPAIRED }]);
    // 65 of 72 are kept; the self-test of tick 3,600 comes before its dosing, so seven ticks from there: 3,606.
    expect(rig.ticksOf('stroke').slice(13, 15)).toEqual([3606, 3678]);
  });
});

describe('jumps and ticks', () => {
  it.each([
    [10, 'tenth-ug-per-day', 3000],
    [8, 'tenth-ug-per-hour', 125],
    [30, 'nl-per-hour', 25_000],
    [31, 'nl-per-hour', 25_000],
    [0, 'nl-per-hour', 777],
  ] as const)(
    'leave the same behind after bit %i of the concentration flipped under %s',
    (bit, unit, rate) => {
      const ends = (['runTo', 'jumpTo'] as const).map((move) => {
        const rig = new Rig({ therapy: { mode: 'continuous', unit, rate } });
        for (const at of [1000, 5000, 9999]) {
          rig[move](at);
          flip(rig, CONCENTRATION_WORD, bit);
        }
        rig[move](20_000);
        return { digest: rig.digest(), events: rig.events, digests: rig.digests };
      });
      expect(ends[0]).toEqual(ends[1]);
    },
  );
});

describe('the computed dose', () => {
  it('books each stroke at the concentration it was pushed at', () => {
    // 2,000 ug/mL: a stroke is 1 ug and takes 288 s. The 300th falls in tick 86,399 and is confirmed in the tick of the
    // program. Then 1,200 strokes of 0.25 ug, the last in tick 172,799, confirmed by the hour: 600 ug.
    const rig = new Rig({ concentrationUgPerMl: 2000 }).at(DAY, program(3000, 500)).runTo(DAY);
    expect(rig.pump.ledger).toMatchObject({ computedDosePg: 300_000_000, strokePg: 250_000 });
    rig.runTo(2 * DAY);
    expect(rig.pump.motor.confirmed).toBe(1500);
    expect(rig.pump.ledger.computedDosePg).toBe(600_000_000);
  });

  it('books a stroke that no look had judged yet before the program changes its worth', () => {
    // The first stroke of 1 ug in tick 287; in tick 288 no stroke and no hour would look.
    const rig = new Rig({ concentrationUgPerMl: 2000 }).at(288, program(3000, 500)).runTo(288);
    expect(rig.asked.get(288)).toEqual(['count']);
    expect(rig.pump.ledger).toMatchObject({ computedDosePg: 1_000_000, strokePg: 250_000 });
  });

  it('goes on with the last concentration known while the prescription is unreadable', () => {
    const rig = new Rig({ concentrationUgPerMl: 2000 }).runTo(300);
    flip(rig, CONCENTRATION_WORD, 4);
    for (const copy of [0, 1]) rig.storedCopy(copy)[RATE_WORD]! ^= 2;
    // Lost in tick 575, where stroke 2 would be due. From there 250 nL/h, a stroke in 7,200 ticks: 7,774 and 14,974.
    rig.runTo(15_000);
    expect(rig.pump.prescription.isReadable).toBe(0);
    expect(rig.ticksOf('stroke')).toEqual([287, 7774, 14_974]);
    // The hour of 14,400 confirmed the second; the third is confirmed by the next.
    expect(rig.pump.ledger).toMatchObject({ computedDosePg: 2_000_000, strokePg: 1_000_000 });
    rig.runTo(18_000);
    expect(rig.pump.ledger.computedDosePg).toBe(3_000_000);
  });
});
