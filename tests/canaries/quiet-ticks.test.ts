/** What `quiet-ticks.ts` takes for quiet, and every way to take too much for it. */
import { describe, expect, it } from 'vitest';
import { ALARMS, END_OF_SERVICE, SESSION_LEFT_OPEN, STOPPED_TOO_LONG } from '../../src/core/alarms/table.ts';
import { Rig } from '../core/rig.ts';
import { bundleLab } from './bundle.ts';
import { quietComplaint, quietCore } from './calm-situations.ts';
import * as realLab from './lab.ts';
import { quietMutants } from './wake-mutants.ts';

/** The alarms whose detectors ask what time it is, of a pump in which each of them has a reason to. */
function timedAlarms(): string[] {
  const { pump } = new Rig().runTo(100);
  pump.mode.stoppedSinceTick = 50;
  pump.telemetry.session.isOpen = 1;
  return ALARMS.filter(({ verdict }) => {
    const asked = new Set<string | symbol>();
    const watched = new Proxy(pump, {
      get(state, name, self): unknown {
        asked.add(name);
        return Reflect.get(state, name, self);
      },
    });
    verdict(watched);
    return asked.has('nowTick');
  }).map(({ name }) => name);
}

describe('a quiet tick', () => {
  it('leaves what a whole one leaves [SR-TIME-1]', () => {
    expect(quietComplaint(quietCore(realLab))).toBeNull();
  });

  it('asks each alarm that time can raise, by its row; a restart is over in the tick after it', () => {
    const asked = [END_OF_SERVICE, STOPPED_TOO_LONG, SESSION_LEFT_OPEN].map((row) => ALARMS[row]!.name);
    expect(timedAlarms().sort()).toEqual([...asked, 'restarted'].sort());
  });

  it.each(quietMutants())('$name: is caught [SR-TIME-1]', async (mutant) => {
    const said = quietComplaint(quietCore(await bundleLab(mutant)));
    console.log(`${mutant.name}\n  caught by: ${said ?? 'nothing'}`);
    expect(said).not.toBeNull();
  });
});
