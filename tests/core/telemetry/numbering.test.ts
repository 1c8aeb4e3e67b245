/** One request at a time, each carried out once. */
import { describe, expect, it } from 'vitest';
import { stateFields } from '../../../hal/state-fields.ts';
import { openFrame, REPLY, sealFrame } from '../../../src/core/telemetry/frame.ts';
import * as requests from '../../../src/core/telemetry/requests.ts';
import { WandRig } from './bench.ts';

const OUT_OF_ORDER = requests.OUT_OF_ORDER;
const { REQUESTS } = requests;
const REFILL = REQUESTS.indexOf('refill');

describe('tables of names', () => {
  it('each code is the place of its name', () => {
    const {
      HELLO,
      STATUS,
      PRESCRIPTION,
      ALARM_STATES,
      OPEN,
      WRITE,
      READ_BACK,
      VERIFY,
      COMMIT,
      ROLLBACK,
      LOG,
    } = requests;
    expect(
      [HELLO, STATUS, PRESCRIPTION, ALARM_STATES, OPEN, WRITE, READ_BACK, VERIFY, COMMIT, ROLLBACK, LOG].map(
        (code) => REQUESTS[code],
      ),
    ).toEqual([
      'hello',
      'status',
      'prescription',
      'alarms',
      'open',
      'write',
      'read-back',
      'verify',
      'commit',
      'rollback',
      'log',
    ]);
    expect(REQUESTS).toHaveLength(requests.REQUEST_TYPES);
    const { NO_SUCH_WORDS, NO_SESSION, NOT_VERIFIED, FIRST_REPLY_OUTCOME, REPLY_OUTCOMES } = requests;
    expect(
      [OUT_OF_ORDER, NO_SUCH_WORDS, NO_SESSION, NOT_VERIFIED].map(
        (code) => REPLY_OUTCOMES[code - FIRST_REPLY_OUTCOME],
      ),
    ).toEqual(['out-of-order', 'no-such-words', 'no-session', 'not-verified']);
  });
});

describe('a request', () => {
  it('once more gets its reply once more, and is not carried out again [SR-TEL-3]', () => {
    const rig = new WandRig();
    const request = rig.request('refill', 30_000_000);
    expect(rig.send(request, request)).toEqual([[0], [0]]);
    rig.runTo(200);
    // Two strokes and more later it would set the volume anew.
    expect(rig.send(request)).toEqual([[0]]);
    expect(rig.ticksOf('refill')).toEqual([0]);
    expect(rig.replies.map((bytes) => [...bytes])).toEqual(Array(3).fill([...rig.replies[0]!]));
  });

  it('once more after another one is out of order, and is told the last number [SR-TEL-3]', () => {
    const rig = new WandRig();
    const old = rig.request('refill', 30_000_000);
    rig.send(old);
    rig.ask('stop');
    expect(rig.send(old)).toEqual([[OUT_OF_ORDER, 2]]);
    expect(openFrame(rig.replies.at(-1)!)).toMatchObject({ type: REFILL + REPLY, number: 1 });
    expect(rig.ticksOf('refill')).toEqual([0]);
    // The last one is still the last.
    rig.number = 1;
    expect(rig.ask('stop')).toEqual([0]);
    expect(rig.of('command')).toHaveLength(2);
  });

  it('of the last number that asks for something else is another programmer, and refused [SR-TEL-3]', () => {
    const rig = new WandRig();
    rig.ask('refill', 30_000_000);
    rig.number = 0;
    expect(rig.ask('refill', 31_000_000)).toEqual([OUT_OF_ORDER, 1]);
    expect(rig.pump.ledger.filledNl).toBe(30_000_000);
  });

  it.each([0, 2, 3, 40_000, 65_535])('of number %i where 1 is next is out of order [SR-TEL-3]', (number) => {
    const rig = new WandRig();
    expect(rig.send(sealFrame(REQUESTS.indexOf('stop'), number, [], 0))).toEqual([[OUT_OF_ORDER, 0]]);
    expect(rig.pump.mode.isStopCommanded).toBe(0);
  });

  it('of number 0 follows 65,535', () => {
    const rig = new WandRig();
    rig.pump.telemetry.lastNumber = 65_535;
    rig.number = -1;
    expect(rig.ask('stop')).toEqual([0]);
    expect(rig.pump.telemetry.lastNumber).toBe(0);
  });

  it('that is asked again of a pump that was reset meanwhile is not carried out again [SR-TEL-3]', () => {
    const rig = new WandRig();
    const request = rig.request('bolus', 500, 3600);
    expect(rig.send(request)).toEqual([[0]]);
    const again = WandRig.restarted(rig.stored!.slice(), 5);
    again.at(7, { kind: 'frame', bytes: request }).runTo(7);
    expect([...openFrame(again.replies[0]!)!.words]).toEqual([OUT_OF_ORDER, 1]);
    expect(again.ticksOf('bolus-begin')).toEqual([]);
  });

  it('that is garbled, or asks for what there is not, is counted and not answered [SR-TEL-2]', () => {
    const rig = new WandRig();
    const whole = rig.request('stop');
    const garbled = whole.slice();
    garbled[6]! ^= 4;
    expect(rig.send(garbled, [], sealFrame(REQUESTS.length, 1, [], 0), sealFrame(REPLY, 1, [], 0))).toEqual(
      [],
    );
    expect(rig.pump.telemetry).toMatchObject({ ignored: 4, lastNumber: 0 });
    expect(rig.pump.mode.isStopCommanded).toBe(0);
    expect(rig.send(whole)).toEqual([[0]]);
  });
});

describe('an order over the wand', () => {
  it.each([
    ['stop', [], { kind: 'stop' }],
    ['resume', [], { kind: 'resume' }],
    ['low-reservoir', [3_000_000], { kind: 'low-reservoir', thresholdNl: 3_000_000 }],
    ['low-reservoir', [0], { kind: 'low-reservoir', thresholdNl: 0 }],
    ['refill', [39_000_000], { kind: 'refill', volumeNl: 39_000_000 }],
    ['refill', [40_000_001], { kind: 'refill', volumeNl: 40_000_001 }],
    ['silence', [1], { kind: 'silence', alarm: 1 }],
    ['silence', [99], { kind: 'silence', alarm: 99 }],
    ['acknowledge', [1], { kind: 'acknowledge', alarm: 1 }],
    ['bolus', [100, 600], { kind: 'bolus', doseTenthUg: 100, ticks: 600 }],
    ['prime', [485_000], { kind: 'prime', volumeNl: 485_000 }],
  ] as const)('is the command itself: %s %j [SR-TEL-4]', (name, words, command) => {
    const options = { fillNl: 900_000 };
    const [wand, direct] = [new WandRig(options), new WandRig(options)];
    wand.runTo(99);
    const [outcome] = wand.ask(name, ...words);
    direct.at(100, command).runTo(100);
    expect(wand.said(100)).toEqual(direct.said(100));
    expect(outcome).toBe(direct.of('command')[0]!.argument % 16);
    const but = (rig: WandRig): [string, number][] =>
      [...stateFields(rig.pump)].filter(([path]) => !/^telemetry|telemetryTicks/.test(path));
    expect(but(wand)).toEqual(but(direct));
  });
});
