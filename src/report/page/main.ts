/** The script of a page: opens scenarios, moves the view, obeys keys and buttons. Charts are drawn by `figure.ts`. */
import { columnsOf, type PageRun, type PageScenario } from '../page-data.ts';
import { around, clamped, nextFailure, panned, parsePlace, type Place, type View, zoomed } from '../view.ts';
import { Figure } from './figure.ts';

const IN = 0.5;
const OUT = 2;
const STEP = 0.25;

interface Opened {
  readonly data: PageScenario;
  readonly figure: Figure;
  view: View;
}

const scenarios = JSON.parse(document.getElementById('data')?.textContent ?? '[]') as (PageScenario | null)[];
const opened = new Map<number, Opened>();
/** The list of scenarios, which is there where there are several: what did not pass is its upper part. */
const listed = [...document.querySelectorAll<HTMLElement>('.index tbody tr')];
const order = listed.length === 0 ? [0] : listed.map((row) => Number(row.dataset['scenario']));
const failures = order.flatMap((scenario, at): Place[] => {
  const ticks = scenarios[scenario]?.failureTicks ?? [];
  if (ticks.length > 0) return ticks.map((tick) => ({ scenario, tick }));
  // One that broke unrecorded, or failed in its control alone, has no time to go to.
  return listed[at]?.classList.contains('failure') === true ? [{ scenario, tick: null }] : [];
});
let current = order[0]!;
let isControlShown = true;
/** Where one has gone last in the current scenario. */
let wantedTick: number | null = null;

async function columns(run: PageRun): Promise<ReadonlyMap<string, Float64Array>> {
  const deflated = Uint8Array.from(atob(run.data), (character) => character.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return columnsOf(run, new Uint8Array(await new Response(stream).arrayBuffer()));
}

async function open(index: number): Promise<Opened | null> {
  const known = opened.get(index);
  const data = scenarios[index] ?? null;
  if (known !== undefined || data === null) return known ?? null;
  const section = document.getElementById(`scenario-${index}`);
  const place = section?.querySelector<HTMLElement>('.charts') ?? null;
  if (place === null) return null;
  const [main, control] = await Promise.all([
    columns(data.main),
    data.control === null ? null : columns(data.control),
  ]);
  const at = section?.querySelector<HTMLElement>('.at') ?? null;
  const figure = new Figure(place, data, main, control, {
    zoomTo: (view) => show(view),
    cursorAt: (text) => {
      if (at !== null) at.textContent = text;
    },
  });
  const one: Opened = { data, figure, view: { from: 0, to: data.lastTick } };
  opened.set(index, one);
  return one;
}

function show(view: View): void {
  const one = opened.get(current);
  if (one === undefined) return;
  one.view = clamped(view, one.data.lastTick);
  one.figure.show(one.view, isControlShown);
}

/** Only the current scenario is drawn: a page may hold many. */
async function goTo(index: number, tick: number | null): Promise<void> {
  current = index;
  wantedTick = tick;
  for (const element of document.querySelectorAll<HTMLElement>('[data-scenario]')) {
    element.classList.toggle('current', element.dataset['scenario'] === String(index));
  }
  const one = await open(index);
  if (one === null || current !== index) return;
  show(tick === null ? one.view : around(tick, one.data.lastTick));
  if (tick === null) return;
  one.figure.mark(tick);
  one.figure.scrollIntoSight();
}

function goToFailure(direction: 1 | -1): void {
  const place = nextFailure(failures, order, { scenario: current, tick: wantedTick }, direction);
  if (place !== null) void goTo(place.scenario, place.tick);
}

function zoom(factor: number): void {
  const one = opened.get(current);
  if (one === undefined) return;
  const centre = one.figure.cursorTick() ?? (one.view.from + one.view.to) / 2;
  show(zoomed(one.view, factor, centre, one.data.lastTick));
}

function pan(share: number): void {
  const one = opened.get(current);
  if (one !== undefined) show(panned(one.view, share, one.data.lastTick));
}

type Theme = 'light' | 'dark';

const preference = matchMedia('(prefers-color-scheme: dark)');
const preferred = (): Theme => (preference.matches ? 'dark' : 'light');
let theme = preferred();

function setTheme(wanted: Theme): void {
  theme = wanted;
  document.documentElement.dataset['theme'] = wanted;
  redraw();
}

function redraw(): void {
  for (const { figure } of opened.values()) figure.discard();
  const one = opened.get(current);
  if (one !== undefined) show(one.view);
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  in: () => zoom(IN),
  out: () => zoom(OUT),
  left: () => pan(-STEP),
  right: () => pan(STEP),
  whole: () => show({ from: 0, to: Number.POSITIVE_INFINITY }),
  next: () => goToFailure(1),
  previous: () => goToFailure(-1),
  control: () => {
    isControlShown = !isControlShown;
    const one = opened.get(current);
    if (one !== undefined) show(one.view);
  },
  theme: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
};

const KEYS: Readonly<Record<string, string>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  '0': 'whole',
  Home: 'whole',
  n: 'next',
  p: 'previous',
  c: 'control',
  t: 'theme',
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = ACTIONS[KEYS[event.key] ?? ''];
  if (action === undefined) return;
  event.preventDefault();
  action();
});

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-do]') : null;
  ACTIONS[button?.dataset['do'] ?? '']?.();
});

function followHash(): void {
  const place = parsePlace(location.hash);
  if (place !== null && place.scenario < scenarios.length) void goTo(place.scenario, place.tick);
  else void goTo(order[0]!, null);
}

window.addEventListener('hashchange', followHash);
// A link to where one is already changes no hash, and is meant all the same.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link !== null && link.hash !== '' && link.hash === location.hash) followHash();
});

preference.addEventListener('change', () => setTheme(preferred()));
let themeBeforePrint = theme;
window.addEventListener('beforeprint', () => {
  themeBeforePrint = theme;
  // Charts are drawn at their width on the screen, and paper is narrower.
  document.documentElement.classList.add('on-paper');
  setTheme('light');
});
window.addEventListener('afterprint', () => {
  document.documentElement.classList.remove('on-paper');
  setTheme(themeBeforePrint);
});

let width = innerWidth;
window.addEventListener('resize', () => {
  if (innerWidth === width) return;
  width = innerWidth;
  redraw();
});

setTheme(theme);
followHash();
