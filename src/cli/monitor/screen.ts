/** The monitor's screen as lines of text. What has no room is left out from the bottom: plots, then the log. */
import { ALARMS } from '../../core/alarms/table.ts';
import { COMMAND_KINDS, COMMAND_OUTCOMES } from '../../core/commands.ts';
import type { PumpEvent } from '../../core/events.ts';
import { PERMISSIONS } from '../../core/permission.ts';
import { SESSION_STEPS } from '../../core/telemetry/session.ts';
import { type Forecast, forecast, prescribedNlPerHour } from '../../programmer/forecast.ts';
import type { Paint } from '../../report/paint.ts';
import { grouped } from '../../report/words.ts';
import { formatDuration } from '../../scenario/time.ts';
import { clockText, dateText, daysUntil } from '../pump-time.ts';
import { type AlarmNow, alarmsOf, modeOf, type Picture, permissionOf, ugPerDay } from './picture.ts';
import { plotLines, sideBySide } from './plot.ts';
import { strokeRate } from './series.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const BAR_COLUMNS = 20;
const LABEL_COLUMNS = 11;
const PLOT_ROWS = 9;
/** So many strokes an hour an idle pump's plot goes up to. */
const LEAST_PER_HOUR = 10;
/** And so much a level that stands still. */
const LEAST_ML = 0.005;
const NL_PER_ML = 1_000_000;
const NOT_LOGGED: readonly string[] = ['stroke', 'hour'];

function labelled(label: string, text: string): string {
  return `${label.padEnd(LABEL_COLUMNS)}${text}`;
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS);
  return '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
}

function mlText(nl: number): string {
  return (nl / NL_PER_ML).toFixed(2);
}

function therapyText(picture: Picture): string {
  if (picture.status.isReadable === 0) return "prescription lost: the build's minimum rate";
  const nlPerHour = prescribedNlPerHour(picture, picture.status.nowTick);
  return `${modeOf(picture)}, now ${ugPerDay(picture, nlPerHour).toFixed(1)} ug/day = ${(nlPerHour / 1000).toFixed(2)} uL/h`;
}

function strokesText({ status }: Picture, perHour: number | undefined): string {
  const rate = perHour === undefined ? '' : `, ${perHour.toFixed(1)} an hour`;
  return `${grouped(status.requestedStrokes)} requested, ${grouped(status.confirmedStrokes)} confirmed${rate}`;
}

function reservoirText(picture: Picture, { refillTick }: Forecast): string {
  const { status, reservoirNl } = picture;
  const { nowTick } = status;
  const when =
    refillTick <= nowTick
      ? 'refill now'
      : `refill by ${dateText(picture, refillTick)} (${daysUntil(nowTick, refillTick)} d)`;
  const level = `${mlText(status.computedReservoirNl)} of ${reservoirNl / NL_PER_ML} mL`;
  return `${bar(status.computedReservoirNl / reservoirNl)} ${level}, ${when}`;
}

/** The two that a refill is for. */
function forecastText(picture: Picture, { lowReservoirTick, drugEndTick }: Forecast): string {
  const { nowTick } = picture.status;
  const low = lowReservoirTick === null ? 'not in a year' : `in ${daysUntil(nowTick, lowReservoirTick)} d`;
  const drug = `drug's six months end in ${daysUntil(nowTick, drugEndTick)} d`;
  return `low ${low}, ${drug}${picture.lastFillTick === null ? ' at most: fill date unknown' : ''}`;
}

function batteryText(picture: Picture, { serviceEndTick, batteryMonths }: Forecast): string {
  const left = 1 - picture.status.computedBatteryPermille / 1000;
  const when =
    serviceEndTick === null
      ? `about ${batteryMonths} months`
      : `replace the pump by ${dateText(picture, serviceEndTick)}`;
  return `${bar(left)} ${(left * 100).toFixed(1)} % left, ${when}`;
}

function alarmText({ alarm, isCritical, isPresent, isAcknowledged }: AlarmNow): string {
  return [
    alarm,
    isCritical ? 'critical' : 'not critical',
    isPresent ? 'present' : 'condition gone, latched',
    ...(isAcknowledged ? ['acknowledged'] : []),
  ].join(', ');
}

function alarmLines(picture: Picture, paint: Paint): string[] {
  const alarms = alarmsOf(picture);
  if (alarms.length === 0) return [labelled('alarms', paint.green('none'))];
  return alarms.map((one, index) => {
    const colour = one.isCritical ? paint.red : paint.yellow;
    return labelled(index === 0 ? 'alarms' : '', colour(`${one.isCritical ? '!!' : '!'} ${alarmText(one)}`));
  });
}

const ALARM_EVENTS: readonly string[] = ['raise', 'condition-gone', 'acknowledge', 'clear', 'tone'];

/** What an event's one number means, in words. */
export function eventText({ kind, argument }: Pick<PumpEvent, 'kind' | 'argument'>): string {
  if (ALARM_EVENTS.includes(kind)) return `${kind} ${ALARMS[argument]?.name ?? argument}`;
  switch (kind) {
    case 'permission':
      return `permission ${PERMISSIONS[argument] ?? argument}`;
    case 'command': {
      const outcome = COMMAND_OUTCOMES[argument % 16];
      return `command ${COMMAND_KINDS[Math.floor(argument / 16)] ?? argument}: ${outcome ?? argument}`;
    }
    case 'suspect':
    case 'present':
    case 'gone':
      return `occlusion ${kind}, ${argument} Pa`;
    case 'refill':
      return `refill, ${mlText(argument)} mL programmed`;
    case 'resume':
      return `resumed after ${formatDuration(argument)}`;
    case 'session':
      return `update session ${SESSION_STEPS[argument] ?? argument}`;
    default:
      return `${kind} ${argument}`;
  }
}

function logLines(picture: Picture, most: number): string[] {
  const kept = picture.events.filter(({ kind }) => !NOT_LOGGED.includes(kind));
  return kept
    .slice(-most)
    .map((event) => `  ${clockText(picture, event.tick).padEnd(26)}${eventText(event)}`);
}

function plots(picture: Picture, columns: number): string[] {
  const { samples } = picture;
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const count = columns >= 110 ? 3 : 2;
  const width = Math.floor(columns / count);
  const specs = [
    {
      title: 'strokes an hour',
      points: strokeRate(samples),
      atLeast: [0, LEAST_PER_HOUR],
      decimals: 0,
    },
    {
      title: 'computed reservoir, mL',
      points: samples.map(({ tick, reservoirNl }) => ({ tick, value: reservoirNl / NL_PER_ML })),
      atLeast: [last.reservoirNl / NL_PER_ML - LEAST_ML, first.reservoirNl / NL_PER_ML],
      decimals: 3,
    },
    {
      title: 'computed battery, % left',
      points: samples.map(({ tick, batteryPermille }) => ({ tick, value: 100 - batteryPermille / 10 })),
      atLeast: [0, 100],
      decimals: 1,
    },
  ] as const;
  return sideBySide(
    specs.slice(0, count).map((spec) => plotLines(spec, last.tick, width - 1, PLOT_ROWS)),
    width,
  );
}

/** `news` is about the monitor itself; `help` the last line, if there is one. */
export function screenLines(
  picture: Picture,
  { columns, rows }: ScreenSize,
  paint: Paint,
  news: string,
  help: string,
): string[] {
  const { status } = picture;
  const perHour = strokeRate(picture.samples).at(-1)?.value;
  const coming = forecast(picture);
  const head = [
    paint.bold(`thecal monitor  ${picture.place}`) + (news === '' ? '' : `  ${paint.yellow(news)}`),
    labelled('pump time', `${clockText(picture, status.nowTick)} (tick ${status.nowTick})`),
    labelled('delivers', permissionText(picture, paint)),
    labelled('therapy', therapyText(picture)),
    labelled('strokes', strokesText(picture, perHour)),
    labelled('reservoir', reservoirText(picture, coming)),
    labelled('forecast', forecastText(picture, coming)),
    labelled('battery', batteryText(picture, coming)),
    ...alarmLines(picture, paint),
  ];
  const foot = help === '' ? [] : [paint.dim(help)];
  const room = rows - head.length - foot.length;
  const curves = room >= PLOT_ROWS ? plots(picture, Math.min(columns, 240)) : [];
  const logRoom = Math.max(0, room - curves.length - 1);
  const log = logLines(picture, logRoom);
  const events =
    logRoom === 0 ? [] : [log.length === 0 ? 'log: nothing since the monitor began' : 'log', ...log];
  const middle = [...curves, ...events];
  if (Number.isFinite(rows)) while (middle.length < room) middle.push('');
  return [...head, ...middle.slice(0, room), ...foot];
}

function permissionText(picture: Picture, paint: Paint): string {
  const text = permissionOf(picture);
  return text === 'full' ? paint.green('as prescribed') : paint.yellow(text);
}
