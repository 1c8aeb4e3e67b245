/** What `quiet-ticks.ts` takes for quiet, and every way to take too much for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SimTarget } from '../../hal/sim/target.ts';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import * as table from '../../src/core/alarms/table.ts';
import type { PumpEvent } from '../../src/core/events.ts';
import { type Core, REAL_CORE, Rig } from '../core/rig.ts';
import { bundleLab } from './bundle.ts';
import { quietComplaint, quietCore } from './calm-situations.ts';
import { SETUP } from './checks.ts';
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

  it('is none behind a snapshot that was put back', async () => {
    const target = new SimTarget({ ...SETUP, isTickByTick: true });
    const options = { where: 'working', word: 5, bit: 4 };
    target.stimulate(100, { kind: 'fault', id: 'flip', fault: 'memory-upset', options });
    // Looks at the words, so that they are mended here, and the condition ends with the next tick.
    target.stimulate(100, { kind: 'command', command: { kind: 'interrogate' } });
    const said: string[] = [];
    const listener = {
      event: ({ tick, kind }: PumpEvent) => void said.push(`${tick} ${kind}`),
      stateDigest() {},
      afterTick() {},
    };
    await target.advance(100, listener);
    const saved = await target.snapshot();
    await target.advance(120, listener);
    await target.restore(saved);
    await target.advance(101, listener);
    expect(said.filter((one) => one.endsWith('condition-gone'))).toEqual([
      '101 condition-gone',
      '101 condition-gone',
    ]);
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
