import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../src/core/alarms/table.ts';
import { STATUS_WORDS } from '../../src/core/telemetry.ts';
import { Rig } from './rig.ts';

/** The last report, each word by its name. */
function status(rig: Rig): Record<string, number | undefined> {
  const words = rig.reports.at(-1)!;
  expect(words).toHaveLength(STATUS_WORDS.length);
  return Object.fromEntries(STATUS_WORDS.map((name, i) => [name, words[i]]));
}

describe('an interrogation', () => {
  const interrogate = { kind: 'interrogate' } as const;

  it('answers with one word for each name, in their order', () => {
    const rig = new Rig().at(100, interrogate).runTo(100);
    // Stroke 1 of tick 71 is confirmed by the look of the next stroke, in tick 143.
    expect(status(rig)).toEqual({
      layout: 1,
      nowTick: 100,
      permission: 0,
      isStopCommanded: 0,
      requestedStrokes: 1,
      confirmedStrokes: 0,
      computedReservoirNl: 38_000_000,
      computedBatteryPermille: 0,
      activeAlarms: 0,
      acknowledgedAlarms: 0,
      repairs: 0,
    });
    expect(rig.reports).toHaveLength(1);
  });

  it('tells of a stop, of alarms by their place in the table, and of repairs [SR-TEL-1]', () => {
    const rig = new Rig({ fillNl: 900_000 }).runTo(300);
    rig.pump.prescription.words[2]! ^= 1;
    rig.at(400, { kind: 'stop' }, { kind: 'acknowledge', alarm: 1 }).at(500, interrogate).runTo(500);
    const bit = (name: string): number => 1 << ALARMS.findIndex((row) => row.name === name);
    // From tick 0 at the minimum, 250 nL/h: no stroke before tick 7,199.
    expect(status(rig)).toMatchObject({
      nowTick: 500,
      permission: 2,
      isStopCommanded: 1,
      requestedStrokes: 0,
      computedReservoirNl: 900_000,
      activeAlarms: bit('low-reservoir') + bit('empty-reservoir') + bit('memory-repaired'),
      acknowledgedAlarms: bit('empty-reservoir'),
      repairs: 1,
    });
  });
});
