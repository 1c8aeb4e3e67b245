/**
 * The invariants that are GPCA's properties, each against a core that breaks it in one place: the run ends in the tick in
 * which the property is first untrue and names it. The real core goes through all of these runs.
 */
import { describe, expect, it } from 'vitest';
import type { BadCore } from '../canaries/bad-cores.ts';
import { bundleLab } from '../canaries/bundle.ts';
import type { Lab } from '../canaries/checks.ts';
import * as realLab from '../canaries/lab.ts';
import { Rig } from './rig.ts';

interface Broken extends Pick<BadCore, 'file' | 'replace' | 'by'> {
  readonly invariant: string;
  readonly run: (lab: Lab) => Rig;
}

const HOUR = 3600;
const OCCLUSION = 3;
const stopped = (lab: Lab): Rig => new Rig({}, lab).at(100, { kind: 'stop' }).runTo(200);
const bolus = (lab: Lab): Rig =>
  new Rig({}, lab).at(100, { kind: 'bolus', doseTenthUg: 100, ticks: 600 }).runTo(800);
const empty = (lab: Lab): Rig => new Rig({ fillNl: 1_000_500, lowReservoirNl: 1 }, lab).runTo(2 * HOUR);
/** The pressure that each stroke leaves behind stays: the fourth one is the third retained. */
const closed = (lab: Lab): Rig => {
  const rig = new Rig({}, lab);
  for (let stroke = 0; stroke < 8; stroke++) {
    rig.runTo(72 * (stroke + 1) - 1);
    rig.pressurePa = 1000 + 1666 * (stroke + 1);
  }
  expect(rig.pump.alarms.rows[OCCLUSION]!.isPresent).toBe(1);
  return rig.runTo(HOUR);
};
const lost = (lab: Lab): Rig => {
  const rig = new Rig({}, lab).runTo(100);
  rig.pump.prescription.words[12]! ^= 1;
  rig.stored = null;
  return rig.runTo(2 * HOUR);
};

const BROKEN: readonly Broken[] = [
  {
    invariant: 'INV-14 the mode is one of those defined (GPCA Infusion p1)',
    file: 'permission.ts',
    replace: 'return a > b ? a : b;',
    by: 'return a > b ? a + 1 : b;',
    run: stopped,
  },
  {
    invariant: 'INV-15 stopped means no flow (GPCA Infusion p2, p7, p13)',
    file: 'schedule.ts',
    replace: 'if (permission === STOPPED) return 0;',
    by: 'if (permission === STOPPED) return 1;',
    run: stopped,
  },
  {
    invariant: 'INV-16 without a prescription at most the minimum rate flows (GPCA Infusion p5)',
    file: 'bolus.ts',
    replace: 'const basal = numeratorAt(',
    by: 'const basal = (pump.prescription.isReadable === 0 ? 2 : 1) * numeratorAt(',
    run: lost,
  },
  {
    invariant: 'INV-17 without a bolus the flow is the basal rate (GPCA Infusion p10)',
    file: 'bolus.ts',
    replace: 'if (bolus.isRunning === 0 || permission !== FULL) return basal;',
    by: 'if (bolus.isRunning === 0 || permission !== FULL) return 2 * basal;',
    run: (lab) => new Rig({}, lab).runTo(HOUR),
  },
  {
    invariant: 'INV-18 with a bolus the flow is that of the bolus besides (GPCA Infusion p11)',
    file: 'bolus.ts',
    replace: 'return basal + bolus.numerator +',
    by: 'return bolus.numerator +',
    run: bolus,
  },
  {
    invariant: 'INV-19 an empty reservoir has its alarm up (GPCA Alarm p1, p3)',
    file: 'detection/reservoir.ts',
    replace: 'return computedNl <= EMPTY_RESERVOIR_NL ? VERDICT_PRESENT : VERDICT_CLEAR;',
    by: 'return computedNl < 0 * EMPTY_RESERVOIR_NL ? VERDICT_PRESENT : VERDICT_CLEAR;',
    run: empty,
  },
  {
    invariant: 'INV-20 the state of an alarm is one of those defined (GPCA Alarm p9)',
    file: 'alarms/alarms.ts',
    replace: '  alarm.isActive = 1;\n  alarm.isPresent = 1;',
    by: '  alarm.isActive += 2;\n  alarm.isPresent = 1;',
    run: empty,
  },
  {
    invariant: 'INV-21 an alarm that is up holds the flow to what it allows (GPCA Infusion p3, p9)',
    file: 'tick.ts',
    replace: 'if (i !== except && pump.alarms.rows[i]!.isPresent === 1) {',
    by: 'if (i !== 3 && i !== except && pump.alarms.rows[i]!.isPresent === 1) {',
    run: closed,
  },
  {
    invariant: 'INV-22 an alarm sounds from raise to acknowledgement and not beyond (GPCA Alarm p6, p7)',
    file: 'alarms/alarms.ts',
    replace: '  alarm.isAcknowledged = 1;\n  alarm.toneTick = NEVER;',
    by: '  alarm.isAcknowledged = 1;',
    run: (lab) => {
      const rig = empty(lab);
      const row = rig.pump.alarms.rows.findIndex((alarm) => alarm.isActive === 1);
      return rig.at(3 * HOUR, { kind: 'acknowledge', alarm: row }).runTo(4 * HOUR);
    },
  },
];

describe('a property of the generic pump', () => {
  it.each(BROKEN)('$invariant: holds, and ends the run of a core that breaks it [SR-SW-4]', async (bad) => {
    expect(() => bad.run(realLab)).not.toThrow();
    const lab = await bundleLab(bad);
    expect(() => bad.run(lab)).toThrow(`assertion: ${bad.invariant}`);
  });

  it('has a core that breaks it, each of them', async () => {
    const { readFileSync } = await import('node:fs');
    const source = readFileSync(new URL('../../src/core/invariants.ts', import.meta.url), 'utf8');
    const named = [...source.matchAll(/'(INV-\d+ [^']*GPCA[^']*)'/g)].map(([, text]) => text);
    expect(named).toEqual(BROKEN.map(({ invariant }) => invariant));
  });
});
