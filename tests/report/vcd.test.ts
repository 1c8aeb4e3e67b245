import { beforeAll, describe, expect, it } from 'vitest';
import { gtkwaveView } from '../../src/report/gtkwave-view.ts';
import { type VcdEntry, vcdDocument } from '../../src/report/vcd.ts';
import { checkVcd, type Vcd } from './check-vcd.ts';
import { recorded, type Recorded } from './recorded.ts';

const DAY_MS = 86_400_000;
const KINK_MS = 2 * DAY_MS;

function textOf(entry: VcdEntry, lastTicks: number | null = null): string {
  return [...vcdDocument(entry, { productVersion: '1.2.3', lastTicks })].join('');
}

function entryOf({ result, recordings }: Recorded): VcdEntry {
  return { ...result, recordings };
}

describe('the waveform', () => {
  let occlusion: Recorded;
  let vcd: Vcd;

  beforeAll(async () => {
    occlusion = await recorded('sim/scenarios/catheter-occlusion.yaml');
    vcd = checkVcd(textOf(entryOf(occlusion)));
  });

  const changesOf = (path: string): readonly (readonly [number, string])[] =>
    vcd.variables.get(path)?.changes ?? [];

  it('has true types: a wire for yes or no, a reg for a state, an integer for a count, a real for a quantity', () => {
    const kinds = Object.fromEntries([...vcd.variables.values()].map(({ path, kind }) => [path, kind]));
    expect(kinds).toMatchObject({
      'main.pump.stroke': 'wire',
      'main.pump.permission': 'reg',
      'main.pump.strokes': 'integer',
      'main.pump.outlet_pressure_pa': 'integer',
      'main.pump.computed_reservoir_ul': 'real',
      'main.truth.true_delivered_ug': 'real',
      'main.patient_illustrative.patient_withdrawal_stage': 'reg',
      'main.alarms.catheter_occlusion_present': 'wire',
      'main.faults.kink': 'wire',
      'control.pump.stroke': 'wire',
    });
    expect(vcd.timescale).toBe('1 ms');
    expect(vcd.lastTime).toBe(4 * DAY_MS + 1000);
  });

  it('has what happened at its very tick, as the page and the result have it', () => {
    expect(changesOf('main.faults.kink')).toEqual([
      [0, '0'],
      [KINK_MS, '1'],
      [KINK_MS + 21_600_000, '0'],
    ]);
    expect(changesOf('main.pump.permission')).toEqual([
      [0, '0'],
      [KINK_MS + 289_000, '10'],
      [KINK_MS + 21_892_000, '0'],
    ]);
    expect(changesOf('main.alarms.catheter_occlusion_present')).toEqual([
      [0, '0'],
      [KINK_MS + 289_000, '1'],
      [KINK_MS + 21_891_000, '0'],
    ]);
    expect(changesOf('main.alarms.catheter_occlusion_raised').at(-1)).toEqual([KINK_MS + 25_200_000, '0']);
    expect(changesOf('main.pump.tone').filter(([, value]) => value === '1').length).toBe(
      occlusion.result.signals['tones'],
    );
    expect(changesOf('main.truth.true_delivered_ug').at(-1)?.[1]).toBe('1125');
  });

  it('has each stroke as a pulse of one tick, and the count of them', () => {
    const strokes = changesOf('main.pump.stroke');
    expect(strokes.slice(0, 4)).toEqual([
      [0, '0'],
      [71_000, '1'],
      [72_000, '0'],
      [143_000, '1'],
    ]);
    expect(strokes.filter(([, value]) => value === '1').length).toBe(4500);
    const last = changesOf('main.pump.strokes').at(-1)?.[1] ?? '';
    expect(Number.parseInt(last, 2)).toBe(4500);
  });

  it('comes with a view for GTKWave, of nothing but what is in it', () => {
    const options = { productVersion: '1.2.3', lastTicks: 86_400 };
    const lines = gtkwaveView(entryOf(occlusion), options, 'kink.vcd').split('\n');
    expect(lines.slice(0, 2)).toEqual(['[dumpfile] "kink.vcd"', `[timestart] ${3 * DAY_MS}`]);
    const shown = lines.filter((line) => line.startsWith('main.'));
    expect(shown).toContain('main.faults.kink');
    expect(shown).toContain('main.alarms.catheter_occlusion_raised');
    expect(shown).toContain('main.pump.permission[1:0]');
    expect(shown).toContain('main.truth.true_delivered_ug');
    for (const path of shown) expect([...vcd.variables.keys()]).toContain(path.replace(/\[.*/, ''));
    // GTKWave's zoom is the time in 200 pixels; all of it is in 780.
    const zoom = Number(/^\*(-[\d.]+) -1$/m.exec(lines.join('\n'))?.[1]);
    expect(((DAY_MS + 1000) * 200) / 2 ** -zoom).toBeCloseTo(780, 0);
  });

  it('lets an alarm go with its pump, as the result does', async () => {
    const replaced = await recorded('sim/scenarios/replacement-keeps-the-catheter.yaml');
    const { variables } = checkVcd(textOf(entryOf(replaced)));
    const [entry] = replaced.result.alarms;
    expect(entry).toMatchObject({ alarm: 'elective-replacement', clearedTick: 950_410 });
    expect(variables.get('main.alarms.elective_replacement_raised')?.changes).toEqual([
      [0, '0'],
      [(entry?.raisedTick ?? 0) * 1000, '1'],
      [950_410_000, '0'],
    ]);
  });

  it('is bounded on request, and begins with what was so by then', () => {
    const short = checkVcd(textOf(entryOf(occlusion), 86_400));
    expect([short.firstTime, short.lastTime]).toEqual([3 * DAY_MS, 4 * DAY_MS + 1000]);
    const before = changesOf('main.pump.strokes').findLast(([time]) => time <= 3 * DAY_MS);
    expect(short.variables.get('main.pump.strokes')?.changes[0]?.[1]).toBe(before?.[1]);
    expect(textOf(entryOf(occlusion), 86_400).length).toBeLessThan(textOf(entryOf(occlusion)).length / 3);
  });

  it('is whole for a run that ended early, with what there was', () => {
    const { main } = occlusion.recordings;
    if (main === null) throw new Error('nothing recorded');
    const cut = {
      ...main,
      ticks: 1000,
      strokeTicks: main.strokeTicks.slice(0, 3),
      eventTicks: main.eventTicks.slice(0, 0),
    };
    const early = checkVcd(
      textOf({ ...entryOf(occlusion), faults: [], recordings: { main: cut, control: null } }),
    );
    expect(early.lastTime).toBe(1_000_000);
    expect(
      checkVcd(textOf({ ...entryOf(occlusion), recordings: { main: null, control: null } })).variables.size,
    ).toBe(0);
  });

  it('has names that no viewer stumbles over, whatever the scenario calls its faults', () => {
    const [kink] = occlusion.result.faults;
    if (kink === undefined) throw new Error('no fault');
    const ids = ['a b', 'a-b', '1st', '$end'];
    const entry = {
      ...entryOf(occlusion),
      name: 'ends with $end $var\nand a new line',
      faults: ids.map((id) => ({ ...kink, id })),
    };
    const names = [...checkVcd(textOf(entry)).variables.keys()].filter((path) =>
      path.startsWith('main.faults.'),
    );
    expect(names).toEqual(['a_b', 'a_b_2', '_1st', '_end'].map((name) => `main.faults.${name}`));
  });
});
