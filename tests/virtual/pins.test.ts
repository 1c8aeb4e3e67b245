/** The pins of the virtual board: the free-running firmware runs a pump over them as it runs over the simulation. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SimTarget } from '../../hal/sim/target.ts';
import type { TargetSetup } from '../../hal/target.ts';
import { benchSetup, type Note } from '../../hal/virtual/bench.ts';
import { VirtualBoard, type VirtualBoardOptions } from '../../hal/virtual/board.ts';
import { BoardClock } from '../../hal/virtual/clock.ts';
import { loadEngine } from '../../hal/virtual/machine.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { Rotor } from '../../hal/virtual/rotor.ts';
import { bundleBoard } from '../../scripts/bundle-board.ts';
import { EVENT_KINDS } from '../../src/core/events.ts';

let code = '';
beforeAll(async () => {
  ({ code } = await bundleBoard('freeRunning'));
  await loadEngine();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function powerOn(options: Partial<VirtualBoardOptions> = {}, firmware = code) {
  let heard = '';
  const notes: Note[] = [];
  const board = new VirtualBoard({
    storage: null,
    isFull: false,
    mischief: NO_MISCHIEF,
    firstLine: benchSetup(),
    send: (text) => (heard += text),
    hear: (note) => notes.push(note),
    ...options,
  });
  if (firmware !== '') board.install([{ name: '.bootcde', content: firmware }]);
  board.powerOn();
  return {
    board,
    notes,
    heard: () => heard,
    say(text: string): string {
      heard = '';
      board.receive(text);
      return heard;
    },
    events: () =>
      [...heard.matchAll(/event,(\d+),(\d+),/g)].map(
        ([, tick, kind]) => `${tick} ${EVENT_KINDS[Number(kind)]}`,
      ),
  };
}

const PUMP: TargetSetup = {
  seed: 1,
  startHour: 0,
  mechanism: 'peristaltic',
  reservoirNl: 40_000_000,
  fillNl: 38_000_000,
  lowReservoirNl: 2_000_000,
  lowVolumeFade: true,
  tolerancePpm: 0,
  concentrationUgPerMl: 500,
  catheterLengthMm: 890,
  compliancePlPerPa: 300,
  environment: { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37_000 },
  therapy: { mode: 'continuous', unit: 'tenth-ug-per-day', rate: 3000 },
  isTickByTick: false,
  hasOracle: false,
};

async function simulated(faults: readonly string[], untilTick: number): Promise<string[]> {
  const target = new SimTarget(PUMP);
  for (const kind of faults) target.stimulate(0, { kind: 'fault', id: kind, fault: kind, options: {} });
  const events: string[] = [];
  await target.advance(untilTick, {
    event: ({ tick, kind }) => events.push(`${tick} ${kind}`),
    stateDigest: () => undefined,
    afterTick: () => undefined,
  });
  return events;
}

describe('a free-running pump on the virtual board', () => {
  it.each([
    [[]],
    [['motor-stall']],
    [['catheter-occlusion']],
    [['battery-resistance']],
    [['feedback-stuck']],
  ])('does what it does in the simulation, with faults %j', async (faults) => {
    const seconds = 2 * 3600 + 100;
    const { board, events } = powerOn({ faults });
    vi.advanceTimersByTime(seconds * 1000);
    board.powerOff();
    expect(events()).toEqual(await simulated(faults, seconds));
  });

  it('answers meanwhile, with each stroke seen by its feedback', () => {
    const { board, say } = powerOn();
    vi.advanceTimersByTime(145_000);
    expect(say('\x10print(thecal("status,3,abcd"))\n')).toMatch(/^status,3,145,2,1,0,0,0,0,,/);
    vi.advanceTimersByTime(72_000);
    expect(say('\x10print(thecal("status,3,abcd"))\n')).toMatch(/^status,3,217,3,2,0,0,0,0,,/);
    board.powerOff();
  });

  it('runs as many times as fast as it is told', () => {
    const { board, events } = powerOn({ speed: 1000 });
    vi.advanceTimersByTime(216);
    expect(events()).toEqual(['71 stroke', '143 stroke', '215 stroke']);
    board.powerOff();
  });

  it('is heard: two tones for a motor that stalls, again after ten minutes', () => {
    const { board, notes } = powerOn({ faults: ['motor-stall'] });
    vi.advanceTimersByTime(900_000);
    expect(notes.map(({ hertz }) => hertz)).toEqual([2500, 1800, 2500, 1800]);
    expect(notes.map(({ atMs }) => Math.floor(atMs / 1000))).toEqual([287, 287, 887, 887]);
    board.powerOff();
  });

  it('is set up on a board from the factory alone', () => {
    const first = powerOn();
    first.say('\x10["thecal.0","thecal.7"].forEach(n=>require("Storage").erase(n))\n');
    first.board.powerOff();
    first.board.powerOn();
    vi.advanceTimersByTime(100_000);
    expect(first.events()).not.toContain('71 stroke');
    first.board.powerOff();
  });
});

describe('the pins', () => {
  const ON = '\x10echo(0)\n';

  it('are there at the prompt, and one without an ADC reads as no number', () => {
    const { board, say } = powerOn({}, '');
    say(ON);
    expect(say('print(D6,analogRead(D6)>0.19,analogRead(D1))\n')).toBe('D6 true NaN\r\n');
    expect(say('print(analogRead(new Pin("D7"))*6.6)\n')).toMatch(/^3\.05/);
    expect(say('digitalWrite([D1,D2,D3,D4],12);print(analogRead(D7)*6.6)\n')).toMatch(/^2\.99/);
    expect(say('print(E.getTemperature(),E.getAnalogVRef())\n')).toBe('37 3.3\r\n');
    board.powerOff();
  });

  it('tell a watch of each stroke, once the script is done that turned the motor', () => {
    const { board, say, heard } = powerOn({}, '');
    say(ON);
    say(
      '\x10var n=0;setWatch(function(e){n++;print("pulse",e.state)},D5,{repeat:true,edge:"rising",debounce:2})\n',
    );
    say('\x10for(var i=1;i<=192;i++)digitalWrite([D1,D2,D3,D4],[12,6,3,9][i%4]);print(n)\n');
    expect(heard()).toBe('0\r\n');
    vi.advanceTimersByTime(10);
    expect(heard()).toBe('0\r\npulse true\r\npulse true\r\n');
    say('\x10clearWatch()\n\x10for(i=1;i<=96;i++)digitalWrite([D1,D2,D3,D4],[12,6,3,9][i%4])\n');
    vi.advanceTimersByTime(10);
    expect(heard()).toBe('');
    board.powerOff();
  });

  it('sound the buzzer, and no other pin does', () => {
    const { board, say, notes } = powerOn({}, '');
    say('\x10analogWrite(D8,0.5,{freq:440});analogWrite(D1,0.5,{freq:880})\n');
    expect(notes.map(({ hertz }) => hertz)).toEqual([440]);
    board.powerOff();
  });
});

describe('the watchdog', () => {
  it('starts the board anew when nobody kicks it, also after a reset, and not once it is automatic', () => {
    const { board, say, heard } = powerOn({}, 'print("BOOT")');
    say('\x10E.enableWatchdog(10,false)\n');
    vi.advanceTimersByTime(9000);
    say('\x10E.kickWatchdog()\n');
    vi.advanceTimersByTime(9000);
    expect(heard()).toBe('');
    say('reset()\n');
    expect(heard()).not.toContain('BOOT');
    vi.advanceTimersByTime(10_000);
    expect(heard()).toContain('BOOT');
    say('\x10E.enableWatchdog(10,false)\n\x10E.enableWatchdog(10,true)\n');
    vi.advanceTimersByTime(60_000);
    expect(heard()).toBe('');
    board.powerOff();
  });

  it('brings back a free-running pump whose tick was broken off', () => {
    const { board, say, heard } = powerOn();
    vi.advanceTimersByTime(5000);
    say('\x10clearInterval()\n');
    vi.advanceTimersByTime(11_000 + 73_000);
    // It goes on behind tick 0, with nothing owed.
    expect(heard()).toMatch(/event,72,0,1,/);
    board.powerOff();
  });
});

describe("the board's clock", () => {
  it('goes no faster while a script runs than that takes here', () => {
    const clock = new BoardClock(200);
    const startMs = clock.nowMs();
    clock.during(() => vi.advanceTimersByTime(60));
    expect(clock.nowMs() - startMs).toBeCloseTo(60, 6);
    vi.advanceTimersByTime(1);
    expect(clock.nowMs() - startMs).toBeCloseTo(260, 6);
  });

  it('stands still while this computer is held up, and rings each timer at its moment', () => {
    const clock = new BoardClock(2);
    const startMs = clock.nowMs();
    const rung: number[] = [];
    clock.start(1000, true, () => rung.push(clock.nowMs() - startMs));
    vi.advanceTimersByTime(500);
    expect(rung).toEqual([1000]);
    const held = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    vi.advanceTimersByTime(500);
    held.mockRestore();
    // A quarter of a second of ours is caught up: half a second of its own.
    expect(rung).toEqual([1000, 2000]);
    clock.clear();
  });
});

describe('a rotor', () => {
  it('follows its windings one step at a time, forth and back, and ends a stroke after 96', () => {
    const rotor = new Rotor();
    const cycle = [12, 6, 3, 9];
    expect(rotor.energise(12)).toBe(false);
    // Opposite, let go, one winding alone: it stays where it is.
    for (const bits of [3, 0, 8]) expect(rotor.energise(bits)).toBe(false);
    expect(rotor.energise(6)).toBe(false);
    expect(rotor.energise(12)).toBe(false);
    const ends = Array.from({ length: 192 }, (_, i) => rotor.energise(cycle[(i + 1) % 4]!));
    expect(ends.flatMap((isEnd, i) => (isEnd ? [i + 1] : []))).toEqual([96, 192]);
  });
});
