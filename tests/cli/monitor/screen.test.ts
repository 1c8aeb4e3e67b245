import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../src/cli/monitor/json.ts';
import { alarmsOf, type Picture } from '../../../src/cli/monitor/picture.ts';
import { eventText, screenLines } from '../../../src/cli/monitor/screen.ts';
import type { Sample } from '../../../src/cli/monitor/series.ts';
import { ALARMS } from '../../../src/core/alarms/table.ts';
import { EVENT_KINDS } from '../../../src/core/events.ts';
import { STATUS_WORDS } from '../../../src/core/telemetry/answers.ts';
import { forecast, type Status } from '../../../src/programmer/forecast.ts';
import { PLAIN } from '../../../src/report/paint.ts';
import { Rig } from '../../core/rig.ts';

const DAY = 86_400;
const bit = (name: string): number => 1 << ALARMS.findIndex((alarm) => alarm.name === name);

function statusOf(changes: Partial<Status>): Status {
  const zeros = Object.fromEntries(STATUS_WORDS.map((word) => [word, 0])) as unknown as Status;
  return {
    ...zeros,
    nowTick: 3 * DAY + 3600,
    requestedStrokes: 3650,
    confirmedStrokes: 3650,
    computedReservoirNl: 36_175_000,
    computedBatteryPermille: 12,
    isReadable: 1,
    stoppedSinceTick: -1,
    replacementTick: -1,
    ...changes,
  };
}

/** 300 ug a day of 500 ug/mL: 25 uL an hour. */
function pictureOf(status: Partial<Status> = {}, changes: Partial<Picture> = {}): Picture {
  return {
    place: '/dev/ttyACM0',
    strokeNl: 500,
    reservoirNl: 40_000_000,
    startHour: 8,
    implantTick: 0,
    status: statusOf(status),
    presentAlarms: 0,
    prescription: new Rig().pump.prescription.words,
    lastFillTick: null,
    events: [],
    samples: [],
    ...changes,
  };
}

const SIZE = { columns: 80, rows: 24 };
const linesOf = (picture: Picture, size = SIZE): string[] => screenLines(picture, size, PLAIN, '', 'q quits');

describe('the screen', () => {
  it('says when it is for the pump, what it delivers and what is left', () => {
    const text = linesOf(pictureOf()).join('\n');
    expect(text).toContain('pump time  Thursday 09:00:00, day 4 (tick 262800)');
    expect(text).toContain('delivers   as prescribed');
    expect(text).toContain('continuous, now 300.0 ug/day = 25.00 uL/h');
    expect(text).toContain('3,650 requested, 3,650 confirmed');
    expect(text).toContain('36.17 of 40 mL');
    expect(text).toContain('98.8 % left');
    expect(text).toMatch(/^alarms +none$/m);
  });

  it('has as many lines as the terminal, the last of them for the keys, in any size', () => {
    for (const size of [SIZE, { columns: 120, rows: 40 }, { columns: 40, rows: 12 }]) {
      const samples: Sample[] = [0, 72, 144, 216].map((tick, index) => ({
        tick,
        requestedStrokes: index,
        reservoirNl: 38_000_000 - 500 * index,
        batteryPermille: 0,
      }));
      const lines = linesOf(pictureOf({}, { samples }), size);
      expect(lines.length).toBe(size.rows);
      expect(lines.at(-1)).toBe('q quits');
      expect(lines.some((line) => line.includes('strokes an hour'))).toBe(size.rows > 12);
    }
  });

  it('fills its reservoir and battery bars by what is left', () => {
    const full = (picture: Picture): number[] =>
      linesOf(picture)
        .filter((line) => /[█░]/.test(line))
        .map((line) => line.match(/█/g)?.length ?? 0);
    expect(full(pictureOf({ computedReservoirNl: 40_000_000, computedBatteryPermille: 0 }))).toEqual([
      20, 20,
    ]);
    expect(full(pictureOf({ computedReservoirNl: 10_000_000, computedBatteryPermille: 900 }))).toEqual([
      5, 2,
    ]);
    expect(full(pictureOf({ computedReservoirNl: -1, computedBatteryPermille: 1100 }))).toEqual([0, 0]);
  });

  it('names why nothing is delivered, a stop by a person first', () => {
    const delivers = (status: Partial<Status>): string => linesOf(pictureOf(status))[2]!;
    expect(delivers({ permission: 2 })).toContain('stopped');
    expect(delivers({ permission: 2, isStopCommanded: 1 })).toContain('stopped by a command');
    expect(delivers({ permission: 2, isSessionOpen: 1 })).toContain('held by an update session');
    expect(delivers({ permission: 1 })).toContain('minimum rate');
  });

  it('counts days from the one in which the pump began, whichever weekday that was', () => {
    const text = linesOf(pictureOf({}, { startHour: 3 * 24 + 8 })).join('\n');
    expect(text).toContain('pump time  Sunday 09:00:00, day 4');
  });

  it('says of a lost prescription that it is lost', () => {
    expect(linesOf(pictureOf({ isReadable: 0 }))[3]).toContain('prescription lost');
  });

  it('shows alarms with their priority in words and colour, critical ones first', () => {
    const activeAlarms = bit('low-reservoir') | bit('motor-stall');
    const picture = pictureOf(
      { activeAlarms, acknowledgedAlarms: bit('motor-stall') },
      { presentAlarms: bit('low-reservoir') },
    );
    expect(alarmsOf(picture).map(({ alarm }) => alarm)).toEqual(['motor-stall', 'low-reservoir']);
    const paint = { ...PLAIN, red: (text: string) => `<${text}>`, yellow: (text: string) => `(${text})` };
    const lines = screenLines(picture, SIZE, paint, '', '');
    expect(lines[8]).toBe('alarms     <!! motor-stall, critical, condition gone, latched, acknowledged>');
    expect(lines[9]).toBe('           (! low-reservoir, not critical, present)');
  });

  it('shows the newest of the log that has room, without the strokes', () => {
    const events = [
      ...Array.from({ length: 30 }, (_, i) => ({ tick: i, kind: 'stroke', argument: i }) as const),
      { tick: 300, kind: 'raise', argument: 2 } as const,
      { tick: 400, kind: 'resume', argument: 90 } as const,
    ];
    const lines = linesOf(pictureOf({}, { events }));
    expect(lines.filter((line) => line.startsWith('  '))).toEqual([
      '  Monday 08:05:00, day 1    raise motor-stall',
      '  Monday 08:06:40, day 1    resumed after 1 min 30 s',
    ]);
  });

  it('has news of the line on top', () => {
    const [first] = screenLines(pictureOf(), SIZE, PLAIN, 'no answer; trying again', '');
    expect(first).toBe('thecal monitor  /dev/ttyACM0  no answer; trying again');
  });
});

describe('every kind of event', () => {
  it('has words', () => {
    for (const kind of EVENT_KINDS) expect(eventText({ kind, argument: 0 })).toContain(kind.split('-')[0]);
    expect(eventText({ kind: 'command', argument: 6 * 16 })).toBe('command acknowledge: accepted');
    expect(eventText({ kind: 'refill', argument: 38_000_000 })).toBe('refill, 38.00 mL programmed');
  });
});

describe('the refill date', () => {
  it('is when the prescription brings the reservoir to its low mark', () => {
    // 34.175 mL over the mark of 2 mL at 0.6 mL a day: 56 d 23 h.
    const picture = pictureOf();
    expect(forecast(picture).refillTick).toBe(picture.status.nowTick + (56 * 24 + 23) * 3600);
    expect(linesOf(picture)[5]).toContain('refill by Friday, day 61 (56 d)');
    expect(linesOf(picture)[6]).toBe(
      "forecast   low in 56 d, drug's six months end in 182 d at most: fill date unknown",
    );
  });

  it('is now below the mark, and that of the drug where nothing is prescribed', () => {
    expect(linesOf(pictureOf({ computedReservoirNl: 1_900_000 }))[5]).toContain('refill now');
    const words = pictureOf().prescription.slice();
    words[0] = 3;
    const lines = linesOf(pictureOf({}, { prescription: words, lastFillTick: 0 }));
    expect(lines[5]).toContain('refill by Monday, day 183 (178 d)');
    expect(lines[6]).toBe("forecast   low not in a year, drug's six months end in 178 d");
  });
});

describe('JSON', () => {
  it('has quantities with their units, alarms and events, and null for what is unknown', () => {
    const picture = pictureOf({ activeAlarms: bit('motor-stall') }, { presentAlarms: bit('motor-stall') });
    expect(jsonOf(picture, [{ tick: 5, kind: 'tone', argument: 2 }])).toMatchObject({
      place: '/dev/ttyACM0',
      tick: 262_800,
      delivery: 'full',
      prescribedNlPerHour: 25_000,
      prescribedUgPerDay: 300,
      strokesPerHour: null,
      computedReservoirUl: 36_175,
      serviceEndTick: null,
      alarms: [{ alarm: 'motor-stall', isCritical: true, isPresent: true, isAcknowledged: false }],
      events: [{ tick: 5, kind: 'tone', argument: 2, text: 'tone motor-stall' }],
    });
    expect(jsonOf(pictureOf({ isReadable: 0 }), [])).toMatchObject({ mode: null, prescribedUgPerDay: null });
  });
});
