/** A board whose firmware differs is found at the very wake, and the difference has a name. */
import { describe, expect, it } from 'vitest';
import type { TargetSetup } from '../../hal/target.ts';
import { SETUP } from '../canaries/checks.ts';
import { CORE, openBench, planted, shortRun } from './bench.ts';

const ONE_IN_72: TargetSetup = {
  ...SETUP,
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
};
const TOLD_AT_1407 = /^board and host differ at tick 1407; first field motor\.requested: host 14, board 15\n/;

async function runOn(code: string): Promise<void> {
  const bench = await openBench({ code });
  try {
    await shortRun(await bench.createTarget(ONE_IN_72));
  } finally {
    await bench.close();
  }
}

/** Each message takes a run of its own, and a state is told in many: all of them with THECAL_LONG=1. */
const [STEP, ORDINAL] = process.env['THECAL_LONG'] === '1' ? [1, 'single'] : [5, 'fifth'];

const STROKE = ['src/core/motor.ts', 'motor.requested += 1;'] as const;
const PIN = ['hal/espruino/frame-hal.ts', 'frame.strokes += 1;'] as const;
const WAKE = [
  'src/core/tick.ts',
  'const now = pump.nowTick;\n  const wake = earlier(nextUnusualTick',
] as const;
const TICK = ['src/core/tick.ts', 'const eventsBefore = pump.log.events;'] as const;
/** Counts the strokes of the board's life where no state holds it. */
const OF_LIFE = '(globalThis as any).n = ((globalThis as any).n ?? 0) + 1;';

/** Stroke k falls in tick 72k - 1, and a stop from 500 to 900 pushes all after it back. */
const PLANTS: readonly (readonly [what: string, file: string, from: string, to: string, told: RegExp])[] = [
  [
    'one stroke too many is counted at stroke 4',
    ...STROKE,
    'motor.requested += motor.requested === 3 ? 2 : 1;',
    /^board and host differ at tick 287; first field motor\.requested: host 4, board 5\n/,
  ],
  [
    'one stroke too many is pushed at stroke 4, and not counted',
    'src/core/motor.ts',
    'hal.stroke();',
    'hal.stroke(); if (motor.requested === 4) hal.stroke();',
    /^board and host differ at tick 287; first field strokes commanded: host 1, board 2\n/,
  ],
  [
    'one stroke is not pushed',
    'src/core/motor.ts',
    'hal.stroke();',
    'if (motor.requested !== 4) hal.stroke();',
    /^board and host differ at tick 287; first field strokes commanded: host 1, board 0\n/,
  ],
  [
    'a wake is too early',
    ...WAKE,
    'const now = pump.nowTick;\n  if (now > 287 && now < 311) return 310;\n  const wake = earlier(nextUnusualTick',
    /^board and host differ at tick 287; first field next wake: host 359, board 310\n/,
  ],
  [
    'a wake is too late',
    ...WAKE,
    'const now = pump.nowTick;\n  if (now === 288) return 5000;\n  const wake = earlier(nextUnusualTick',
    /^board and host differ at tick 287; first field next wake: host 359, board 5000\n/,
  ],
  [
    'a number is spoiled in the last wake of the run',
    ...TICK,
    'if (now === 7200) pump.ledger.computedDosePg += 7; const eventsBefore = pump.log.events;',
    /^board and host differ at tick 7200; first field ledger\.computedDosePg: host (\d+), board \d+\n/,
  ],
  [
    'a number is spoiled once, and nothing is said of it',
    ...TICK,
    'if (now === 287) pump.ledger.computedDosePg += 7; const eventsBefore = pump.log.events;',
    /^board and host differ at tick 287; first field ledger\.computedDosePg: host \d+, board \d+\n/,
  ],
  [
    'the stored prescription is spoiled',
    ...PIN,
    'frame.strokes += 1; if (frame.last[1] === 9) frame.stored[3] = 1;',
    /^board and host differ at tick \d+; first field stored\.3: host \d+, board 1\n/,
  ],
  [
    'a reading is taken that was not due',
    'hal/espruino/frame-hal.ts',
    'return take(frame, 2);',
    'if (frame.last[1] === 9) take(frame, 5); return take(frame, 2);',
    /^board and host differ at tick \d+; first field readings taken that were not foreseen: host 0, board 1\n/,
  ],
  [
    'a tone is played twice',
    'hal/espruino/frame-hal.ts',
    'frame.tones += 1;',
    'frame.tones += 2;',
    /^board and host differ at tick \d+; first field tones played: host 1, board 2\n/,
  ],
  [
    'the board alone ends in an assertion',
    ...STROKE,
    'motor.requested += 1; if (motor.requested === 9) throw new Error("assertion: planted");',
    /^board and host differ at tick 1047: the firmware on the board ended in an assertion at tick 1047, and the host's did not\n/,
  ],
  [
    'an assertion comes once in the life of a board',
    ...STROKE,
    `${OF_LIFE} motor.requested += 1; if ((globalThis as any).n === 9) throw new Error("assertion: planted");`,
    /ended in an assertion at tick 1047; and not when the board does these wakes again/,
  ],
  [
    'a stroke is one too many in the life of a board, by something that is no state',
    ...STROKE,
    `${OF_LIFE} motor.requested += (globalThis as any).n === 9 ? 2 : 1;`,
    /^board and host differ at tick 1047: .*; and not when the board does these wakes again/,
  ],
];

describe('a board with another firmware than it says', () => {
  it.each(PLANTS)('%s: found at its wake, by its field [SR-SW-2]', async (_, file, from, to, told) => {
    const code = await planted(file, from, to);
    await expect(runOn(code)).rejects.toMatchObject({
      name: 'DivergenceError',
      message: expect.stringMatching(told) as string,
    });
  });

  it(`a board that restarts while it is looked for changes nothing of what is told, at every ${ORDINAL} message`, {
    timeout: 120_000,
  }, async () => {
    const code = await planted(...STROKE, 'motor.requested += motor.requested === 13 ? 2 : 1;');
    const calm = await openBench({ code });
    await expect(shortRun(await calm.createTarget(ONE_IN_72))).rejects.toThrow(TOLD_AT_1407);
    const messages = calm.messages();
    await calm.close();
    expect(messages).toBeGreaterThan(20);
    for (let message = 1; message <= messages; message += STEP) {
      for (const trouble of ['rebootAt', 'lose']) {
        const bench = await openBench({ code, atBoard: { [trouble]: [message] } });
        const run = bench.createTarget(ONE_IN_72).then(shortRun);
        await expect(run, `${trouble} ${message}`).rejects.toThrow(TOLD_AT_1407);
        await bench.close();
      }
    }
  });

  it('another core is refused at hello, with both hashes [SR-SW-3]', async () => {
    const bench = openBench({ options: { coreHash: 'f00d' } });
    await expect(bench).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringMatching(
        new RegExp(`carries core ${CORE}, this host f00d; flash the board again`),
      ) as string,
    });
  });

  it('a board without firmware says how to get it', async () => {
    await expect(openBench({ code: '' })).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringContaining('thecal board flash') as string,
    });
  });
});
