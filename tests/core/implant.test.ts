/** A pump that takes the place of another one: its first tick is not 0, and what counts from there does. */
import { describe, expect, it } from 'vitest';
import { LIFE_TICKS } from '../../src/core/config.ts';
import { endOfServiceTick, judgeEndOfService } from '../../src/core/detection/battery.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT } from '../../src/core/detection/verdict.ts';
import { NEVER } from '../../src/core/units.ts';
import { Rig } from './rig.ts';

/** No hour, and no stroke of a pump that began at 0. */
const IMPLANT = 100 * 86_400 + 1234;

describe('a pump implanted in place of another one', () => {
  it('pushes stroke k in the tick 72 k - 1 after its first, stepped and jumped alike [SR-REPLACE-1]', () => {
    const stepped = new Rig({ implantTick: IMPLANT }).runTo(IMPLANT + 7200);
    const strokes = Array.from({ length: 100 }, (_, i) => ({
      tick: IMPLANT + 72 * (i + 1) - 1,
      argument: i + 1,
    }));
    expect(stepped.of('stroke')).toEqual(strokes);
    const jumped = new Rig({ implantTick: IMPLANT }).jumpTo(IMPLANT + 7200);
    expect(jumped.events).toEqual(stepped.events);
    expect(jumped.digest()).toBe(stepped.digest());
  });

  it('books its hours on the clock of the run', () => {
    const rig = new Rig({ implantTick: IMPLANT }).jumpTo(IMPLANT + 7200);
    const firstHour = Math.ceil(IMPLANT / 3600) * 3600;
    expect(rig.of('hour')).toEqual([
      { tick: firstHour, argument: Math.floor((firstHour - IMPLANT) / 72) },
      { tick: firstHour + 3600, argument: 50 },
    ]);
  });

  it('reckons its own charge, and its own seven years [SR-REPLACE-1]', () => {
    const { pump } = new Rig({ implantTick: IMPLANT });
    const { battery } = pump;
    expect(endOfServiceTick(battery, IMPLANT)).toBe(IMPLANT + LIFE_TICKS);
    expect(endOfServiceTick({ ...battery, eriTick: IMPLANT + 5 }, IMPLANT)).toBe(IMPLANT + 5 + 90 * 86_400);
    expect(judgeEndOfService({ ...pump, nowTick: LIFE_TICKS })).toBe(VERDICT_CLEAR);
    expect(judgeEndOfService({ ...pump, nowTick: IMPLANT + LIFE_TICKS })).toBe(VERDICT_PRESENT);
  });

  it('announces no replacement for the years of the pump before it', () => {
    const sevenYears = 7 * 365 * 86_400;
    const rig = new Rig({ implantTick: sevenYears }).jumpTo(sevenYears + 86_400);
    expect(rig.pump.battery.eriTick).toBe(NEVER);
    expect(rig.of('raise')).toEqual([]);
  });

  it('knows its first tick after a loss of power', () => {
    const rig = new Rig({ implantTick: IMPLANT }).jumpTo(IMPLANT + 7200);
    const restarted = Rig.restarted(rig.stored!, IMPLANT + 7300);
    expect(restarted.pump.build.implantTick).toBe(IMPLANT);
    expect(restarted.pump.nowTick).toBe(IMPLANT + 7300);
  });
});
