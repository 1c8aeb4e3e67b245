/** The update session at the bench, every tick worked out by hand: one stroke in 72 ticks, stroke k in tick 72 k - 1. */
import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../../src/core/alarms/table.ts';
import { SESSION_LEFT_OPEN_TICKS } from '../../../src/core/config.ts';
import { FRAME_WORDS_MAX } from '../../../src/core/telemetry/frame.ts';
import { BRIDGE_WORD, PRESCRIBED_WORDS, UNIT_WORD } from '../../../src/core/prescription-words.ts';
import { PRESCRIPTION_AT } from '../../../src/core/store.ts';
import { SESSION_STEPS, stagedCheck } from '../../../src/core/telemetry/session.ts';
import { WandRig } from './bench.ts';

const SESSION_OPEN = 7;
const NO_SUCH_WORDS = 17;
const NO_SESSION = 18;
const NOT_VERIFIED = 19;
const RATE_WORD = 12;
const LEFT_OPEN = ALARMS.findIndex((row) => row.name === 'session-left-open');
const TOO_LONG = ALARMS.findIndex((row) => row.name === 'stopped-too-long');
const steps = (rig: WandRig) => rig.of('session').map((one) => [one.tick, SESSION_STEPS[one.argument]]);

/** The words that somebody prescribed, without those that seal the record. */
const prescribed = (rig: WandRig): Int32Array => rig.pump.prescription.words.slice(0, PRESCRIBED_WORDS);

/** What a pump that was programmed with twice the dose works from. */
function doubled(): Int32Array {
  const other = new WandRig({ therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 6000 } });
  return prescribed(other);
}

describe('an update session', () => {
  it('stops delivery from its opening to its end, and a commit goes on with the new words [SR-SESSION-1]', () => {
    const rig = new WandRig();
    rig.runTo(99);
    expect(rig.ask('open')).toEqual([0]);
    expect(rig.said(100)).toEqual(['session 0', 'permission 2']);
    rig.stage(doubled());
    rig.runTo(199);
    expect(rig.ask('commit', 0)).toEqual([0]);
    expect(rig.said(200)).toEqual(['command 32', 'session 1', 'permission 0', 'resume 100']);
    expect(prescribed(rig)).toEqual(doubled());
    expect([...rig.stored!.slice(PRESCRIPTION_AT).slice(0, PRESCRIBED_WORDS)]).toEqual([...doubled()]);
    // 28 of 72 ticks are owed at the opening; what is missing takes half as long at twice the dose: 44 / 2 = 22 ticks.
    rig.runTo(300);
    expect(rig.ticksOf('stroke')).toEqual([71, 221, 257, 293]);
  });

  it('that is rolled back leaves the old prescription, and loses exactly its own ticks [SR-SESSION-1]', () => {
    const rig = new WandRig();
    rig.runTo(99);
    const before = rig.pump.prescription.words.slice();
    rig.ask('open');
    rig.stage(doubled());
    rig.runTo(199);
    expect(rig.ask('rollback')).toEqual([0]);
    expect(rig.said(200)).toEqual(['session 2', 'permission 0', 'resume 100']);
    expect(rig.pump.prescription.words).toEqual(before);
    rig.runTo(320);
    expect(rig.ticksOf('stroke')).toEqual([71, 243, 315]);
  });

  it('commits only what was verified as it stands [SR-SESSION-1]', () => {
    const rig = new WandRig();
    const before = rig.pump.prescription.words.slice();
    rig.ask('open');
    expect(rig.ask('commit', 0)).toEqual([NOT_VERIFIED]);
    rig.stage(doubled());
    expect(rig.ask('write', RATE_WORD, 7000)).toEqual([0]);
    expect(rig.ask('commit', 1)).toEqual([NOT_VERIFIED]);
    const check = stagedCheck(rig.pump.telemetry.session, rig.hal);
    expect(rig.ask('verify', check ^ 1)).toEqual([NOT_VERIFIED, check]);
    expect(rig.ask('commit', 0)).toEqual([NOT_VERIFIED]);
    // A wrong guess takes back an earlier proof too.
    rig.ask('verify', check);
    rig.ask('verify', check ^ 1);
    expect(rig.ask('commit', 0)).toEqual([NOT_VERIFIED]);
    // So does a bit that flips after the proof.
    rig.ask('verify', check);
    rig.pump.telemetry.session.staged[RATE_WORD]! ^= 1 << 14;
    expect(rig.ask('commit', 0)).toEqual([NOT_VERIFIED]);
    expect(rig.pump.prescription.words).toEqual(before);
    expect(rig.pump.telemetry.session.isOpen).toBe(1);
  });

  it('refuses a commit beyond the hard limits, stays open and keeps the old words [SR-SESSION-1, SR-CMD-1]', () => {
    const rig = new WandRig();
    const before = rig.pump.prescription.words.slice();
    rig.ask('open');
    const tooFast = doubled();
    // 9,001 tenths of a ug an hour in both halves of each word.
    tooFast[UNIT_WORD] = 1;
    tooFast.fill(9001 * 65_537, RATE_WORD, RATE_WORD + 24);
    rig.stage(tooFast);
    const [outcome] = rig.ask('commit', 1);
    expect(outcome).toBe(2);
    expect(rig.pump.prescription.words).toEqual(before);
    expect(rig.pump.telemetry.session.isOpen).toBe(1);
    expect(rig.of('command').at(-1)!.argument).toBe(2 * 16 + 2);
  });

  it('asks before it takes a soft limit, and again after three minutes or another write [SR-SESSION-1, SR-LIMIT-1]', () => {
    const GROUP_WORD = 4;
    const CHILD = 3;
    const rig = new WandRig({ patientGroup: 'child' });
    const before = rig.pump.prescription.words.slice();
    rig.ask('open');
    rig.stage(doubled());
    rig.ask('write', GROUP_WORD, CHILD);
    const verify = () => rig.ask('verify', stagedCheck(rig.pump.telemetry.session, rig.hal));
    verify();
    // Raised by 100 % on the first day: rules 1 and 4. A confirmation of what nobody asked is none.
    const asks = [14, 5, 1000];
    expect(rig.ask('commit', 1)).toEqual(asks);
    const asked = rig.pump.nowTick - 1;
    expect(rig.said(asked)).toEqual([`soft-limit ${1000 * 16 + 5}`, `command ${2 * 16 + 14}`]);
    rig.runTo(asked + 180);
    expect(rig.ask('commit', 1)).toEqual(asks);
    rig.ask('write', GROUP_WORD, CHILD);
    verify();
    expect(rig.ask('commit', 1)).toEqual(asks);
    expect(rig.pump.prescription.words).toEqual(before);
    expect(rig.pump.telemetry.session.isOpen).toBe(1);
    // Unconfirmed once more, and then within three minutes of it.
    expect(rig.ask('commit', 0)).toEqual(asks);
    rig.runTo(rig.pump.nowTick - 1 + 179);
    expect(rig.ask('commit', 1)).toEqual([0]);
    expect(prescribed(rig)[RATE_WORD]).toBe(doubled()[RATE_WORD]);
    rig.ask('open');
    expect(rig.pump.telemetry.session.askedTick).toBeGreaterThan(rig.pump.nowTick);
  });

  it('that was asked about amid a bridge goes on with the rest of it at the dose confirmed [SR-LIMIT-1, SR-BOLUS-3]', () => {
    const rig = new WandRig({ patientGroup: 'child' }).at(7200, {
      kind: 'program',
      therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
      concentrationUgPerMl: 2000,
      bridgeNl: 485_000,
      patientGroup: 'child',
    });
    rig.runTo(43_200);
    const words = prescribed(rig);
    words[BRIDGE_WORD] = 0;
    for (let i = RATE_WORD; i < PRESCRIBED_WORDS; i++) words[i] = 3600 | (3600 << 16);
    rig.ask('open');
    rig.stage(words);
    expect(rig.ask('commit', 0)[0]).toBe(14);
    expect(rig.pump.telemetry.session.staged[BRIDGE_WORD]).toBe(0);
    expect(rig.ask('commit', 1)).toEqual([0]);
    // 360 ug a day in strokes of the old drug.
    expect(rig.pump.bolus).toMatchObject({ bridgeUgPerMl: 500, numerator: 3600 * 100_000 });
  });

  it('reads back what was written, begins with what is programmed, and forgets it at its end', () => {
    const rig = new WandRig();
    const words = [...rig.pump.prescription.words].slice(0, PRESCRIBED_WORDS);
    const readBack = (): number[] => {
      const read: number[] = [];
      while (read.length < PRESCRIBED_WORDS) read.push(...rig.ask('read-back', read.length).slice(1));
      return read;
    };
    rig.ask('open');
    expect(readBack()).toEqual(words);
    expect(rig.ask('write', PRESCRIBED_WORDS - 2, 11, 12)).toEqual([0]);
    expect(readBack()).toEqual([...words.slice(0, -2), 11, 12]);
    rig.ask('rollback');
    rig.ask('open');
    expect(readBack()).toEqual(words);
  });

  it('writes all words of a request or none', () => {
    const rig = new WandRig();
    rig.ask('open');
    const before = rig.pump.telemetry.session.staged.slice();
    expect(rig.ask('write', PRESCRIBED_WORDS - 1, 1, 2)).toEqual([NO_SUCH_WORDS]);
    expect(rig.ask('write', -1, 1)).toEqual([NO_SUCH_WORDS]);
    expect(rig.ask('write', 2_147_483_647, 1)).toEqual([NO_SUCH_WORDS]);
    expect(rig.ask('write', 0)).toEqual([NO_SUCH_WORDS]);
    expect(rig.pump.telemetry.session.staged).toEqual(before);
  });

  it('that is not open can be neither written nor ended', () => {
    const rig = new WandRig();
    expect(rig.ask('write', 0, 1)).toEqual([NO_SESSION]);
    expect(rig.ask('read-back', 0)).toEqual([NO_SESSION]);
    expect(rig.ask('verify', 1)[0]).toBe(NO_SESSION);
    expect(rig.ask('commit', 1)).toEqual([NO_SESSION]);
    expect(rig.ask('rollback')).toEqual([NO_SESSION]);
    expect(rig.ticksOf('session')).toEqual([]);
    rig.ask('open');
    expect(rig.ask('open')).toEqual([SESSION_OPEN]);
  });

  it('is not changed behind its back, and can be stopped, silenced and refilled in [SR-SESSION-1]', () => {
    const rig = new WandRig();
    rig.ask('open');
    expect(rig.ask('resume')).toEqual([SESSION_OPEN]);
    expect(rig.ask('low-reservoir', 3_000_000)).toEqual([SESSION_OPEN]);
    rig
      .at(10, {
        kind: 'program',
        therapy: { mode: 'minimum' },
        concentrationUgPerMl: 500,
      })
      .runTo(10);
    expect(rig.said(10)).toEqual([`command ${2 * 16 + SESSION_OPEN}`]);
    expect(rig.ask('refill', 39_000_000)).toEqual([0]);
    expect(rig.ask('silence', LEFT_OPEN)).toEqual([0]);
    expect(rig.ask('stop')).toEqual([0]);
    // A stop outlasts the session in which it was given.
    rig.ask('rollback');
    expect(rig.pump.mode.permission).toBe(2);
    expect(rig.ask('resume')).toEqual([0]);
    expect(rig.pump.mode.permission).toBe(0);
  });

  it('gives back a prescription that was lost, and takes nothing over from it', () => {
    const rig = new WandRig();
    const good = prescribed(rig);
    rig.runTo(100);
    rig.pump.prescription.words[RATE_WORD] = 1;
    rig.stored!.fill(0);
    // The self-test finds both copies lost.
    rig.runTo(3600);
    expect(rig.pump.prescription.isReadable).toBe(0);
    rig.ask('open');
    expect([...rig.pump.telemetry.session.staged]).toEqual(Array(good.length).fill(0));
    rig.stage(good);
    expect(rig.ask('commit', 0)).toEqual([0]);
    expect(rig.pump.prescription.isReadable).toBe(1);
    expect(prescribed(rig)).toEqual(good);
  });
});

describe('a session that is left open', () => {
  it('raises a critical alarm after two minutes without a request of it, and each one puts it off [SR-SESSION-3]', () => {
    const rig = new WandRig();
    rig.runTo(99);
    rig.ask('open');
    rig.runTo(149);
    rig.ask('read-back', 0);
    rig.runTo(149 + SESSION_LEFT_OPEN_TICKS + 2);
    expect(rig.of('raise')).toEqual([{ tick: 150 + SESSION_LEFT_OPEN_TICKS, argument: LEFT_OPEN }]);
    expect(rig.played).toEqual([{ tick: 150 + SESSION_LEFT_OPEN_TICKS, pattern: 2 }]);
    // Somebody is there again: it ends by itself, and comes again.
    rig.ask('read-back', 0);
    expect(rig.ticksOf('clear')).toEqual([rig.pump.nowTick - 1]);
    rig.runTo(1000);
    expect(rig.of('raise')).toHaveLength(2);
  });

  it('is not put off by whoever only looks on, nor by another order [SR-SESSION-3]', () => {
    const rig = new WandRig({ sessionTimeoutTicks: 600 });
    rig.runTo(99);
    rig.ask('open');
    // A monitor asks again and again; an order of another programmer is none of the session's either.
    for (let tick = 109; tick < 800; tick += 10) {
      rig.runTo(tick);
      rig.ask('status');
      rig.ask('silence', TOO_LONG);
    }
    expect(rig.of('raise')).toEqual([{ tick: 100 + SESSION_LEFT_OPEN_TICKS, argument: LEFT_OPEN }]);
    expect(steps(rig)).toEqual([
      [100, 'opened'],
      [700, 'timed-out'],
    ]);
  });

  it('without a time-out stays stopped, and a stop of 48 h raises the other alarm [SR-SESSION-1, SR-SESSION-3]', () => {
    const rig = new WandRig();
    rig.runTo(99);
    rig.ask('open');
    rig.jumpTo(100 + 172_800);
    expect(rig.of('raise')).toEqual([
      { tick: 100 + SESSION_LEFT_OPEN_TICKS, argument: LEFT_OPEN },
      { tick: 100 + 172_800, argument: TOO_LONG },
    ]);
    expect(rig.ticksOf('stroke')).toEqual([71]);
    expect(steps(rig)).toEqual([[100, 'opened']]);
  });

  it('with a time-out rolls back and goes on with the old prescription [SR-SESSION-1]', () => {
    const rig = new WandRig({ sessionTimeoutTicks: 600 });
    rig.runTo(99);
    const before = rig.pump.prescription.words.slice();
    rig.ask('open');
    rig.stage(doubled());
    const lastHeard = rig.pump.nowTick - 1;
    rig.runTo(lastHeard + 600);
    expect(rig.said(lastHeard + 600)).toEqual([
      'session 3',
      `condition-gone ${LEFT_OPEN}`,
      `clear ${LEFT_OPEN}`,
      'permission 0',
      `resume ${lastHeard + 500}`,
    ]);
    expect(rig.pump.prescription.words).toEqual(before);
    expect(rig.ask('commit', 1)).toEqual([NO_SESSION]);
    rig.runTo(lastHeard + 700);
    // 28 of 72 ticks were owed: 44 are missing, the first of them the tick of the time-out.
    expect(rig.ticksOf('stroke')).toEqual([71, lastHeard + 643]);
  });

  it('is heard again in the very tick of its time-out', () => {
    const rig = new WandRig({ sessionTimeoutTicks: 600 });
    rig.ask('open');
    rig.runTo(599);
    expect(rig.ask('read-back', 0)).toHaveLength(24);
    expect(rig.pump.telemetry.session.isOpen).toBe(1);
    rig.runTo(1200);
    expect(steps(rig)).toEqual([
      [0, 'opened'],
      [1200, 'timed-out'],
    ]);
  });

  it.each([
    [0, 173_000],
    [60, 1000],
    [119, 1000],
    [120, 1000],
    [121, 1000],
    [600, 1000],
    [172_900, 174_000],
  ])('jumps as it ticks, with a time-out of %i [SR-TIME-1]', (sessionTimeoutTicks, end) => {
    const [jumping, ticking] = [0, 1].map((isTicking) => {
      const rig = new WandRig({ sessionTimeoutTicks });
      rig.runTo(99);
      rig.ask('open');
      rig.stage(doubled());
      return isTicking === 1 ? rig.runTo(end) : rig.jumpTo(end);
    });
    expect(jumping!.events).toEqual(ticking!.events);
    expect(jumping!.digest()).toBe(ticking!.digest());
  });

  it('holds fewer words in a page than the longest frame has', () => {
    const rig = new WandRig();
    rig.ask('open');
    const page = rig.ask('read-back', 0);
    expect(page).toHaveLength(Math.min(FRAME_WORDS_MAX, PRESCRIBED_WORDS + 1));
  });
});
