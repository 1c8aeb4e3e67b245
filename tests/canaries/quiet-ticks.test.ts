/** What `quiet-ticks.ts` takes for quiet, and every way to take too much for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import * as table from '../../src/core/alarms/table.ts';
import { type Core, REAL_CORE, Rig } from '../core/rig.ts';
import { bundleLab } from './bundle.ts';
import { quietComplaint, quietCore } from './calm-situations.ts';
import * as realLab from './lab.ts';
import { quietMutants } from './wake-mutants.ts';
import { SITUATIONS, walk } from './wake-situations.ts';

/** The alarms whose detectors ask what time it is, in any tick of any of these situations. */
function timedAlarms(): string[] {
  const timed = new Set<string>();
  const watching: Core = {
    ...REAL_CORE,
    tick: (pump, hal) => {
      for (const { name, verdict } of table.ALARMS) {
        const watched = new Proxy(pump, {
          get(state, field, self): unknown {
            if (field === 'nowTick') timed.add(name);
            return Reflect.get(state, field, self);
          },
        });
        verdict(watched);
      }
      REAL_CORE.tick(pump, hal);
    },
  };
  for (const situation of SITUATIONS) {
    const rig = situation.start(watching);
    walk(situation, rig, (beforeTick) => rig.runTo(beforeTick - 1));
  }
  return [...timed];
}

/** Those that a quiet tick asks, as its text says, each by its own detector. */
function askedAlarms(): string[] {
  const text = readFileSync(join(PROJECT_ROOT, 'src/core/quiet-ticks.ts'), 'utf8');
  return [...text.matchAll(/isAnswered\(pump, (\w+), (judge\w+)\(pump\)\)/g)].map(([, row, judge]) => {
    const { name, verdict } = table.ALARMS[table[row as 'END_OF_SERVICE']]!;
    expect(judge, name).toBe(verdict.name);
    return name;
  });
}

describe('a quiet tick', () => {
  it('leaves what a whole one leaves [SR-TIME-1]', () => {
    expect(quietComplaint(quietCore(realLab))).toBeNull();
  });

  it('asserts what makes up the dose', () => {
    const rig = new Rig({}, quietCore(realLab)).runTo(10);
    rig.pump.dosing.owed += 1;
    expect(() => rig.runTo(11)).toThrow('INV-2');
  });

  it('asks each alarm that time can raise; a restart is over in the tick after it', () => {
    expect(timedAlarms().sort()).toEqual([...askedAlarms(), 'restarted'].sort());
  });

  it.each(quietMutants())('$name: is caught [SR-TIME-1]', async (mutant) => {
    const said = quietComplaint(quietCore(await bundleLab(mutant)));
    console.log(`${mutant.name}\n  caught by: ${said ?? 'nothing'}`);
    expect(said).not.toBeNull();
  });
});
