/**
 * The properties of the generic infusion pump (docs/requirements.md) that the core does not assert by itself, looked at
 * after each executed tick of random runs with faults and commands. They are worded over the state of our pump.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { STOPPED } from '../../src/core/permission.ts';
import { bundleLab } from '../canaries/bundle.ts';
import { lay } from './jumps.ts';
import { DAY, HOUR, isLong, randomRun, seedOf } from './runs.ts';

const { ALARMS, SimTarget } = await bundleLab(null);
type Pump = InstanceType<typeof SimTarget>['pump'];

const rowOf = (name: string): number => ALARMS.findIndex((row) => row.name === name);
const [LOW, EMPTY] = [rowOf('low-reservoir'), rowOf('empty-reservoir')];
/** The word of the threshold as delivered; the prescription has it while it is readable. */
const THRESHOLD_WORD = 3;
const EMPTY_NL = 1_000_000;
/** A silenced alarm that is not critical is quiet for longest. */
const LONGEST_QUIET = DAY;
/** 6 uL a day with a concentration that cancels out: 24 x 250. */
const MINIMUM_NUMERATOR_UNREADABLE = 6000;

function computedNl({ ledger, motor, build }: Pump): number {
  return Math.max(0, ledger.filledNl - (motor.confirmed - ledger.confirmedAtFill) * build.strokeNl);
}

/** What is broken after this tick, in words. */
function brokenBy(pump: Pump, said: readonly { kind: string; argument: number }[]): string[] {
  const { alarms, mode, dosing, prescription } = pump;
  const now = pump.nowTick - 1;
  const broken: string[] = [];
  const hold = (isTrue: boolean, what: string): void => {
    if (!isTrue) broken.push(what);
  };
  const level = computedNl(pump);
  if (level <= EMPTY_NL)
    hold(alarms.rows[EMPTY]!.isActive === 1, 'Alarm p1, p3: empty and no critical alarm');
  if (prescription.isReadable === 1 && level <= prescription.words[THRESHOLD_WORD]!)
    hold(alarms.rows[LOW]!.isActive === 1, 'Alarm p8: low and no alarm');
  for (const [i, alarm] of alarms.rows.entries()) {
    const isSounding = alarm.isActive === 1 && alarm.isAcknowledged === 0;
    const name = ALARMS[i]!.name;
    hold(
      isSounding ? alarm.toneTick <= now + LONGEST_QUIET : alarm.toneTick > now + 100 * 365 * DAY,
      `Alarm p6, p7: the next tone of ${name}`,
    );
    const flags = [alarm.isActive, alarm.isPresent, alarm.isAcknowledged];
    hold(
      flags.every((flag) => flag === 0 || flag === 1),
      `Alarm p9: ${name} is in no state`,
    );
    if (alarm.isPresent === 1)
      hold(mode.permission >= ALARMS[i]!.permission, `Infusion p3: looser than ${name} allows`);
  }
  for (const { kind, argument } of said) {
    if (kind === 'tone')
      hold(alarms.rows[argument]!.isAcknowledged === 0, 'Alarm p7: a tone after the acknowledgement');
    if (kind === 'stroke') hold(mode.permission !== STOPPED, 'Infusion p2, p7: a stroke while stopped');
  }
  hold([0, 1, 2].includes(mode.permission), 'Infusion p1: no such mode');
  if (mode.permission === STOPPED) hold(dosing.shareNumerator === 0, 'Infusion p13: a flow while stopped');
  if (prescription.isReadable === 0)
    hold(dosing.shareNumerator <= MINIMUM_NUMERATOR_UNREADABLE, 'Infusion p5: a flow that nobody prescribed');
  return broken;
}

const length = fc.integer({ min: 6 * HOUR, max: 2 * DAY });

/** One flip among random faults leaves a good copy; so in some runs both copies go bad in one tick. */
function lostAt(ticks: number): fc.Arbitrary<number | null> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: ticks }) },
  );
}

function losePrescription(target: InstanceType<typeof SimTarget>, tick: number): void {
  for (const where of ['working', 'stored', 'second']) {
    const options = { where, word: 12, bit: 5 };
    target.stimulate(tick, { kind: 'fault', id: `lost-${where}`, fault: 'memory-upset', options });
  }
}

const RUNS = isLong() ? 2000 : 200;

it(`${RUNS} random runs keep the properties of the generic pump at every executed tick [SR-ALARM-1, SR-ALARM-3, SR-ALARM-5, SR-DOSE-9, SR-MEM-3, SR-RES-1, SR-RES-2]`, {
  timeout: isLong() ? 1_800_000 : 300_000,
}, async () => {
  const seen = { stopped: 0, empty: 0, low: 0, unreadable: 0, tones: 0 };
  await fc.assert(
    fc.asyncProperty(
      length.chain((ticks) => fc.tuple(randomRun(fc.constant(ticks)), lostAt(ticks))),
      async ([run, lost]) => {
        const target = new SimTarget(run.setup);
        if (lost !== null) losePrescription(target, lost);
        let said: { kind: string; argument: number }[] = [];
        lay(target, run);
        await target.advance(run.untilTick, {
          event: (event) => said.push(event),
          stateDigest() {},
          afterTick: (tick) => {
            // A pump without power has no properties.
            if (target.isOff) return;
            const { mode, alarms, prescription } = target.pump;
            expect(brokenBy(target.pump, said), `tick ${tick}`).toEqual([]);
            if (mode.permission === STOPPED) seen.stopped += 1;
            if (alarms.rows[EMPTY]!.isActive === 1) seen.empty += 1;
            if (alarms.rows[LOW]!.isActive === 1) seen.low += 1;
            if (prescription.isReadable === 0) seen.unreadable += 1;
            seen.tones += said.filter(({ kind }) => kind === 'tone').length;
            said = [];
          },
        });
      },
    ),
    { seed: seedOf('gpca'), numRuns: RUNS },
  );
  // Properties of states that never came would prove nothing.
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(100);
});
