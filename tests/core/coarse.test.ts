/** The occlusion detector when the catheter is narrow or the sensor noisy: drained probes, and the coarse mode. */
import { describe, expect, it } from 'vitest';
import { SimTarget } from '../../hal/sim/target.ts';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { NARROW_RISE_PA, PASSING_RISE_PA } from '../../src/core/config.ts';
import { SETUP } from '../canaries/checks.ts';
import { Rig } from './rig.ts';

const OCCLUSION = ALARMS.findIndex((row) => row.name === 'catheter-occlusion');
const DAY = 86_400;
const WEEK = 7 * DAY;
const ACKNOWLEDGE = { kind: 'acknowledge', alarm: OCCLUSION } as const;

function raise(rig: Rig, pa: number): void {
  rig.pressurePa = (rig.pressurePa ?? 0) + pa;
}

/** Run on until the next stroke was commanded, the stroke included. */
function toNextStroke(rig: Rig): number {
  const before = rig.ticksOf('stroke').length;
  while (rig.ticksOf('stroke').length === before) rig.runTo(rig.pump.nowTick);
  return rig.pump.nowTick - 1;
}

/** From clear to present: so far over the baseline, then three strokes whose 300 Pa stay. Returns the tick. */
function occlude(rig: Rig, overPa = 1000): number {
  raise(rig, overPa);
  for (let i = 0; i < 3; i++) {
    const stroke = toNextStroke(rig);
    raise(rig, 300);
    rig.runTo(stroke + 2);
  }
  expect(rig.pump.occlusion.verdict).toBe(2);
  return rig.pump.nowTick - 1;
}

/** From present to clear: the probe of an acknowledge leaves nothing behind. Returns the tick. */
function release(rig: Rig): number {
  const at = rig.pump.nowTick;
  rig.at(at, ACKNOWLEDGE).runTo(at + 2);
  expect(rig.pump.occlusion.verdict).toBe(0);
  return at + 2;
}

describe('probes that drain', () => {
  /** Present in tick 289 at 2,900 Pa over a baseline of 1,000: the residual is 1,900. */
  function present(): Rig {
    const rig = new Rig().runTo(100);
    expect(occlude(rig)).toBe(289);
    return rig;
  }

  /** At a rest sample the pressure has fallen to `beforePa`, which asks for a probe; it leaves 500 Pa behind. */
  function probe(rig: Rig, at: number, beforePa: number): void {
    rig.runTo(at - 1);
    rig.pressurePa = beforePa;
    rig.runTo(at);
    expect(rig.ticksOf('probe').at(-1)).toBe(at);
    raise(rig, 500);
    rig.runTo(at + 2);
  }

  /** Two drained probes and a third that was retained: 1,950 is 1,900 / 2 under 2,900, 1,725 half of 1,450 under 2,450. */
  function threeProbes(): Rig {
    const rig = present();
    probe(rig, 889, 1950);
    rig.runTo(1488);
    rig.pressurePa = 2200;
    rig.runTo(1489);
    expect(rig.pump.occlusion.drainedRun).toBe(1);
    probe(rig, 2089, 1725);
    rig.runTo(2688);
    rig.pressurePa = 1975;
    rig.runTo(2689);
    expect(rig.pump.occlusion.drainedRun).toBe(2);
    // The residual of 2,225 is 1,225.
    probe(rig, 3289, 1612);
    return rig.runTo(3888);
  }

  it('by half at the next rest sample, three in a row, end the condition and make the detector coarse [SR-OCC-4]', () => {
    const rig = threeProbes();
    // 2,112 - 500 / 2.
    rig.pressurePa = 1862;
    rig.runTo(3889);
    // The tone is that of the latched alarm, 289 + 6 x 600.
    expect(rig.said(3889)).toEqual(['gone 250', `condition-gone ${OCCLUSION}`, `tone ${OCCLUSION}`]);
    expect(rig.pump.occlusion).toMatchObject({
      verdict: 0,
      baselinePa: 1862,
      coarseUntilTick: 3889 + WEEK,
      coarseRisePa: 30_000,
    });
    rig.runTo(3889 + 72 + 72);
    expect(rig.of('resume')).toEqual([{ tick: 3890, argument: 3890 - 289 }]);
    // The last probe left nothing owed.
    expect(rig.ticksOf('stroke').slice(4)).toEqual([3890 + 71, 3890 + 143]);
  });

  it('by a pascal less than half, begin anew', () => {
    const rig = threeProbes();
    rig.pressurePa = 1863;
    rig.runTo(3889);
    expect(rig.ticksOf('gone')).toEqual([]);
    expect(rig.pump.occlusion).toMatchObject({ verdict: 2, drainedRun: 0, coarseUntilTick: 0 });
  });

  it('count anew in the next occlusion', () => {
    const rig = present();
    probe(rig, 889, 1950);
    rig.runTo(1488);
    rig.pressurePa = 2200;
    rig.runTo(1489);
    expect(rig.pump.occlusion.drainedRun).toBe(1);
    // A probe is allowed again 20 min after the first.
    rig.at(1500, ACKNOWLEDGE).runTo(2091);
    expect(rig.of('gone')).toEqual([{ tick: 2091, argument: 0 }]);
    occlude(rig);
    expect(rig.pump.occlusion.drainedRun).toBe(0);
  });
});

describe('the coarse mode', () => {
  /** Three occlusions of a few minutes each. Returns the tick at which the third ended. */
  function threePassed(rig: Rig): number {
    let gone = 0;
    for (let i = 0; i < 3; i++) {
      expect(rig.pump.occlusion.coarseUntilTick).toBe(0);
      occlude(rig);
      gone = release(rig);
    }
    return gone;
  }

  it('is entered when the third occlusion within a day has ended, and lasts a week [SR-OCC-6]', () => {
    const rig = new Rig().runTo(100);
    const gone = threePassed(rig);
    expect(rig.pump.occlusion.coarseUntilTick).toBe(gone + WEEK);
    expect(rig.ticksOf('gone')).toHaveLength(3);
  });

  it.each([
    [DAY, (gone) => gone + WEEK],
    [DAY + 1, () => 0],
  ] as [number, (gone: number) => number][])(
    'counts a third that ended %i s after the first, or does not',
    (apart, coarseUntil) => {
      const rig = new Rig().runTo(100);
      occlude(rig);
      const first = release(rig);
      occlude(rig);
      release(rig);
      // The acknowledge comes two ticks before the end of the third.
      const third = first + apart;
      rig.runTo(third - 1000);
      occlude(rig);
      rig.at(third - 2, ACKNOWLEDGE).runTo(third);
      expect(rig.ticksOf('gone')).toHaveLength(3);
      expect(rig.ticksOf('gone').at(-1)).toBe(third);
      expect(rig.pump.occlusion.coarseUntilTick).toBe(coarseUntil(third));
    },
  );

  it('suspects from 10 kPa over the baseline, and not from 9,999 Pa', () => {
    const rig = new Rig().runTo(100);
    threePassed(rig);
    const { baselinePa } = rig.pump.occlusion;
    rig.pressurePa = baselinePa + 9_999;
    toNextStroke(rig);
    expect(rig.pump.occlusion.verdict).toBe(0);
    raise(rig, 1);
    toNextStroke(rig);
    expect(rig.of('suspect').at(-1)?.argument).toBe(10_000);
  });

  it('doubles its step with every three more that pass, up to 60 kPa, and begins anew after a quiet week', () => {
    const rig = new Rig().runTo(100);
    threePassed(rig);
    for (const stepPa of [10_000, 20_000, 40_000, 60_000, 60_000]) {
      expect(rig.pump.occlusion.coarseRisePa).toBe(stepPa);
      for (let i = 0; i < 3; i++) {
        occlude(rig, stepPa);
        // Opened: above 60 kPa an acknowledge would ask for no probe.
        rig.pressurePa = 1000;
        release(rig);
      }
    }
    const until = rig.pump.occlusion.coarseUntilTick;
    rig.jumpTo(until);
    for (let i = 0; i < 3; i++) {
      occlude(rig);
      release(rig);
    }
    expect(rig.pump.occlusion.coarseRisePa).toBe(10_000);
  });

  it.each(['runTo', 'jumpTo'] as const)('ends after the week: 1 kPa is suspect again (%s)', (move) => {
    const rig = new Rig().runTo(100);
    const gone = threePassed(rig);
    raise(rig, 1000);
    rig[move](gone + WEEK - 1);
    expect(rig.ticksOf('suspect')).toHaveLength(3);
    rig[move](gone + WEEK + 72);
    expect(rig.ticksOf('suspect')).toHaveLength(4);
    expect(rig.ticksOf('suspect').at(-1)).toBeGreaterThanOrEqual(gone + WEEK);
  });

  // 10 kPa are 1, 3, 10 and 12 uL and 30 kPa three times as much: as many strokes of 0.5 uL until one finds them there,
  // and two more that stay.
  it.each([
    [100, PASSING_RISE_PA, 2],
    [300, PASSING_RISE_PA, 6],
    [1000, PASSING_RISE_PA, 20],
    [1200, PASSING_RISE_PA, 24],
    [100, NARROW_RISE_PA, 6],
    [300, NARROW_RISE_PA, 18],
    [1000, NARROW_RISE_PA, 60],
    [1200, NARROW_RISE_PA, 72],
  ])(
    'still finds a closed catheter of %i pL/Pa at %i Pa, with %i strokes trapped and three',
    async (pl, risePa, strokes) => {
      expect(risePa * pl).toBe(strokes * 500_000);
      for (const noise of [false, true]) {
        const environment = { ...SETUP.environment, noise, posture: false, cough: false };
        const target = new SimTarget({ ...SETUP, compliancePlPerPa: pl, environment });
        const present: { readonly tick: number; readonly trappedUl: number }[] = [];
        const listener = {
          event: ({ kind, tick }: { kind: string; tick: number }) => {
            if (kind === 'present') present.push({ tick, trappedUl: target.read('true.trapped-ul')! / 1000 });
          },
          stateDigest() {},
          afterTick() {},
        };
        await target.advance(DAY - 1, listener);
        Object.assign(target.pump.occlusion, { coarseUntilTick: DAY + WEEK, coarseRisePa: risePa });
        target.stimulate(DAY, { kind: 'fault', id: 'kink', fault: 'catheter-occlusion', options: {} });
        await target.advance(DAY + 72 * (strokes + 8), listener);
        expect(present).toHaveLength(1);
        const { tick, trappedUl } = present[0]!;
        if (noise) {
          // A stroke earlier or later.
          expect(trappedUl).toBeGreaterThan((strokes + 2) / 2);
          expect(trappedUl).toBeLessThan((strokes + 4.1) / 2);
        } else {
          // Stroke 1 falls 71 s after the fault; the one that finds the rise there is the next after `strokes` of them.
          expect(tick).toBe(DAY + 72 * (strokes + 3) - 1 + 2);
          expect(trappedUl).toBeCloseTo((strokes + 3) / 2, 1);
        }
      }
    },
  );
});

describe('near the slip', () => {
  it.each([
    [90_000, 2],
    [115_000, 2],
    [89_999, 0],
    [115_001, 0],
  ])(
    'two readings of %i Pa over the baseline give the verdict %i, whatever a stroke leaves behind [SR-OCC-9]',
    (risePa, verdict) => {
      // Eight strokes that left nothing would make it the baseline: 143 is the first, 215 the second of them.
      const rig = new Rig().runTo(100);
      raise(rig, risePa);
      rig.runTo(214);
      expect(rig.pump.occlusion.verdict).toBe(1);
      rig.runTo(215);
      expect(rig.pump.occlusion.verdict).toBe(verdict === 0 ? 1 : verdict);
    },
  );
});
