import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../../src/core/alarms/table.ts';
import { HELLO_WORDS, STATUS_WORDS } from '../../../src/core/telemetry/answers.ts';
import { FRAME_WORDS_MAX, openFrame, REPLY, sealFrame } from '../../../src/core/telemetry/frame.ts';
import { REQUESTS } from '../../../src/core/telemetry/requests.ts';
import { PRESCRIBED_WORDS } from '../../../src/core/prescription-words.ts';
import { WandRig } from './bench.ts';

const bit = (name: string): number => 1 << ALARMS.findIndex((row) => row.name === name);

function named(names: readonly string[], [outcome, ...words]: readonly number[]) {
  expect([outcome, words.length]).toEqual([0, names.length]);
  return Object.fromEntries(names.map((name, i) => [name, words[i]]));
}

describe('an interrogation', () => {
  it('answers with one word for each name, in their order [SR-TEL-1]', () => {
    const rig = new WandRig();
    rig.runTo(99);
    // Stroke 1 of tick 71 is confirmed by the look of the next stroke, in tick 143.
    expect(named(STATUS_WORDS, rig.ask('status'))).toEqual({
      layout: 3,
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
      isReadable: 1,
      isSessionOpen: 0,
      isSessionVerified: 0,
      stoppedSinceTick: -1,
      replacementTick: -1,
      ignoredFrames: 0,
    });
  });

  it('tells of a stop, of alarms by their place in the table, and of repairs [SR-TEL-1]', () => {
    const rig = new WandRig({ fillNl: 900_000 });
    rig.runTo(300);
    rig.pump.prescription.words[12]! ^= 1;
    rig.at(400, { kind: 'stop' }, { kind: 'acknowledge', alarm: 1 }).runTo(499);
    // From tick 0 at the minimum, 250 nL/h: no stroke before tick 7,199.
    expect(named(STATUS_WORDS, rig.ask('status'))).toMatchObject({
      nowTick: 500,
      permission: 2,
      isStopCommanded: 1,
      requestedStrokes: 0,
      computedReservoirNl: 900_000,
      activeAlarms: bit('low-reservoir') + bit('empty-reservoir') + bit('memory-repaired'),
      acknowledgedAlarms: bit('empty-reservoir'),
      repairs: 1,
      stoppedSinceTick: 400,
    });
    const present = bit('low-reservoir') + bit('empty-reservoir');
    expect(rig.ask('alarms')).toEqual([0, present + bit('memory-repaired'), present, bit('empty-reservoir')]);
  });

  it('as a command is answered unasked, with number 0, and disturbs no exchange', () => {
    const rig = new WandRig();
    rig.ask('stop');
    rig.at(10, { kind: 'interrogate' }).runTo(10);
    const frame = openFrame(rig.replies.at(-1)!)!;
    expect([frame.type, frame.number]).toEqual([REQUESTS.indexOf('status') + REPLY, 0]);
    expect(named(STATUS_WORDS, [...frame.words])).toMatchObject({ nowTick: 10, isStopCommanded: 1 });
    expect(rig.ask('resume')).toEqual([0]);
  });

  it('reads the prescription in pages [SR-TEL-1]', () => {
    const rig = new WandRig();
    const words = rig.pump.prescription.words;
    const read: number[] = [];
    while (read.length < words.length) {
      const [outcome, ...page] = rig.ask('prescription', read.length);
      expect(outcome).toBe(0);
      expect(page.length).toBe(Math.min(FRAME_WORDS_MAX - 1, words.length - read.length));
      read.push(...page);
    }
    expect(read).toEqual([...words]);
    const noSuchWords = 17;
    expect(rig.ask('prescription', words.length)).toEqual([noSuchWords]);
    expect(rig.ask('prescription', -1)).toEqual([noSuchWords]);
    expect(rig.ask('prescription')).toEqual([noSuchWords]);
  });

  it('costs charge, as every frame does, answered or not', () => {
    const rig = new WandRig();
    rig.ask('status');
    rig.send([1, 2, 3]);
    expect(rig.pump.battery.telemetryTicks).toBe(2);
  });
});

describe('a greeting', () => {
  it('tells the last number and what the pump is, whatever its own number', () => {
    const rig = new WandRig({ sessionTimeoutTicks: 600 });
    rig.ask('stop');
    rig.ask('resume');
    const [hello] = rig.send(sealFrame(REQUESTS.indexOf('hello'), 40_000, [], 0));
    expect(named(HELLO_WORDS, hello!)).toEqual({
      layout: 3,
      lastNumber: 2,
      strokeNl: 500,
      reservoirNl: 40_000_000,
      startHour: 0,
      sessionTimeoutTicks: 600,
      stagedWords: PRESCRIBED_WORDS,
      implantTick: 0,
    });
    expect(openFrame(rig.replies.at(-1)!)).toMatchObject({ type: REPLY, number: 40_000 });
  });
});
