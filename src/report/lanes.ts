/**
 * What happened in a run, as lanes under one axis of time: faults, alarms, permission, commands, what was judged. Each
 * lane is a row of spans and marks with a text. Made from the result and the recording alone.
 */
import { ALARMS } from '../core/alarms/table.ts';
import { COMMAND_KINDS, COMMAND_OUTCOMES } from '../core/commands.ts';
import { EVENT_KINDS, type EventKind, type PumpEvent } from '../core/events.ts';
import { PERMISSIONS } from '../core/permission.ts';
import { type Done, LINE_TROUBLES, type Recording } from '../scenario/recorder.ts';
import type { FaultEvidence, RunResult } from '../scenario/result.ts';
import { stateWord } from '../scenario/signal-text.ts';
import { formatDuration } from '../scenario/time.ts';
import { fillText, orderText } from './order-text.ts';
import { doseText, endTick, entryOf, faultText, grouped } from './words.ts';

/** How it is coloured. */
export type Tone = 'fault' | 'critical' | 'warning' | 'latched' | 'good' | 'bad' | 'neutral';

export interface LaneItem {
  readonly from: number;
  /** The same as `from` of a mark. */
  readonly to: number;
  readonly tone: Tone;
  readonly text: string;
  /** Of a span: what stands in it where there is room. */
  readonly label?: string;
}

export interface Lane {
  readonly label: string;
  readonly items: readonly LaneItem[];
}

/** What lies on top where several are drawn in one place: the later in here, the higher. */
const PAINTED: readonly Tone[] = ['latched', 'neutral', 'good', 'warning', 'fault', 'critical', 'bad'];

/**
 * As they are painted, one over the other: spans, marks upon them, and what is shorter than `narrowTicks` with the marks,
 * because they would hide it. Of these the worst comes last.
 */
export function paintOrder(items: readonly LaneItem[], narrowTicks: number): LaneItem[] {
  const height = ({ from, to, tone }: LaneItem): number =>
    to - from >= narrowTicks ? 0 : 1 + PAINTED.indexOf(tone);
  return [...items].sort((a, b) => height(a) - height(b));
}

/** The recorded events of these kinds, in order. */
export function eventsOf(recording: Recording, kinds: readonly EventKind[]): PumpEvent[] {
  const { eventTicks, eventKinds, eventArguments } = recording;
  const events: PumpEvent[] = [];
  for (let i = 0; i < eventTicks.length; i += 1) {
    const kind = EVENT_KINDS[eventKinds[i]!]!;
    if (kinds.includes(kind)) events.push({ tick: eventTicks[i]!, kind, argument: eventArguments[i]! });
  }
  return events;
}

/** Lanes without an item are left out: an empty one says that there is something to look for. */
export function lanesOf(run: RunResult, recording: Recording): Lane[] {
  const lastTick = Math.max(0, run.ticks - 1);
  return [
    ...faultLanes(run, lastTick),
    ...alarmLanes(run, lastTick),
    { label: 'delivery held back', items: permissionItems(recording, lastTick) },
    ...stageLanes(recording, lastTick),
    { label: 'commands, refills', items: commandItems(recording) },
    { label: 'line', items: lineItems(recording) },
    { label: 'expectations', items: judgementItems(run) },
  ].filter(({ items }) => items.length > 0);
}

/** What `every` made of one entry shares its lane. */
function faultLanes({ faults }: RunResult, lastTick: number): Lane[] {
  const entries = [...new Set(faults.map(entryOf))];
  return entries.map((entry) => ({
    label: `fault: ${entry}`,
    items: faults.filter((fault) => entryOf(fault) === entry).flatMap((fault) => faultItems(fault, lastTick)),
  }));
}

function faultItems(fault: FaultEvidence, lastTick: number): LaneItem[] {
  const span: LaneItem = {
    from: fault.appliedTick,
    to: endTick(fault) ?? lastTick,
    tone: 'fault',
    text: `fault ${faultText(fault)}`,
    label: fault.kind,
  };
  const { noticedBy, noticedTick } = fault;
  const notice: LaneItem[] =
    noticedBy === null || noticedTick === null
      ? []
      : [{ from: noticedTick, to: noticedTick, tone: 'good', text: `noticed by ${noticedBy}` }];
  return [span, ...notice];
}

function alarmLanes({ alarms }: RunResult, lastTick: number): Lane[] {
  const names = [...new Set(alarms.map(({ alarm }) => alarm))];
  return names.map((name) => {
    const isCritical = ALARMS.find((row) => row.name === name)?.isCritical === true;
    const items = alarms
      .filter(({ alarm }) => alarm === name)
      .flatMap(({ raisedTick, conditionGoneTick, acknowledgedTick, clearedTick }) => {
        const end = clearedTick ?? lastTick;
        const present: LaneItem = {
          from: raisedTick,
          to: conditionGoneTick ?? end,
          tone: isCritical ? 'critical' : 'warning',
          text: `alarm ${name} raised at ${formatDuration(raisedTick)}`,
          label: isCritical ? 'critical' : 'on',
        };
        const latched: LaneItem[] =
          conditionGoneTick === null || conditionGoneTick >= end
            ? []
            : [
                {
                  from: conditionGoneTick,
                  to: end,
                  tone: 'latched',
                  text: `alarm ${name}: the condition is gone`,
                  label: 'latched',
                },
              ];
        const acknowledged: LaneItem[] =
          acknowledgedTick === null
            ? []
            : [
                {
                  from: acknowledgedTick,
                  to: acknowledgedTick,
                  tone: 'neutral',
                  text: `${name} acknowledged`,
                },
              ];
        return [present, ...latched, ...acknowledged];
      });
    return { label: `alarm: ${name}`, items };
  });
}

const PERMISSION_TEXTS: Readonly<Record<(typeof PERMISSIONS)[number], string>> = {
  full: 'full delivery',
  minimumRate: 'minimum rate only',
  stopped: 'delivery stopped',
};

export function permissionText(permission: number): string {
  const name = PERMISSIONS[permission];
  return name === undefined ? `permission ${permission}` : PERMISSION_TEXTS[name];
}

/** When the pump was replaced. */
export function replacedTicks({ done }: Recording): number[] {
  return done.filter(({ stimulus }) => stimulus.kind === 'replace').map(({ tick }) => tick);
}

export interface PermissionChange {
  readonly tick: number;
  readonly permission: number;
}

/** What was withheld went with the pump that withheld it. */
export function permissionChanges(recording: Recording): PermissionChange[] {
  const replaced = replacedTicks(recording).map((tick) => ({ tick, permission: 0 }));
  const told = eventsOf(recording, ['permission']).map(({ tick, argument }) => ({
    tick,
    permission: argument,
  }));
  return [...replaced, ...told].sort((a, b) => a.tick - b.tick);
}

function permissionItems(recording: Recording, lastTick: number): LaneItem[] {
  const changes = permissionChanges(recording);
  return changes.flatMap(({ tick, permission }, i): LaneItem[] => {
    if (permission === 0) return [];
    const to = changes[i + 1]?.tick ?? lastTick;
    const tone = PERMISSIONS[permission] === 'stopped' ? 'critical' : 'warning';
    return [
      {
        from: tick,
        to,
        tone,
        text: permissionText(permission),
        label: permissionText(permission),
      },
    ];
  });
}

const STAGES = [
  ['patient.withdrawal-stage', 'withdrawal'],
  ['patient.overdose-stage', 'overdose'],
] as const;

export interface StageChange {
  readonly tick: number;
  readonly stage: number;
  readonly text: string;
}

/** When the illustrative patient was first seen in another stage. */
export function stageChanges(recording: Recording): StageChange[] {
  return STAGES.flatMap(([signal, name]) => {
    const values = recording.samples[signal] ?? new Float64Array();
    const changes: StageChange[] = [];
    let last = 0;
    values.forEach((stage, i) => {
      if (stage === last || Number.isNaN(stage)) return;
      last = stage;
      const text = stage === 0 ? `${name}: over` : `${name}: ${stateWord(signal, stage)}`;
      changes.push({ tick: recording.sampleTicks[i]!, stage, text });
    });
    return changes;
  });
}

function stageLanes(recording: Recording, lastTick: number): Lane[] {
  const changes = stageChanges(recording);
  return STAGES.map(([, name]) => {
    const own = changes.filter(({ text }) => text.startsWith(`${name}:`));
    const items = own.flatMap(({ tick, stage, text }, i): LaneItem[] => {
      if (stage === 0) return [];
      const to = own[i + 1]?.tick ?? lastTick;
      return [
        {
          from: tick,
          to,
          tone: stage === 1 ? 'warning' : 'bad',
          text: `patient (illustrative), ${text}`,
          label: text,
        },
      ];
    });
    return { label: `patient*: ${name}`, items };
  });
}

export interface HumanAct {
  readonly tick: number;
  /** `program 60 ug/day of 500 ug/mL: accepted`. */
  readonly text: string;
  readonly isRefused: boolean;
}

const REFILL = COMMAND_KINDS.indexOf('refill');

/** What people did: what the pump was told, with what it made of it, and what no pump tells of. */
export function humanActs(recording: Recording): HumanAct[] {
  const waiting = [...recording.done];
  const take = (isIt: (one: Done) => boolean): Done['stimulus'] | null => {
    const at = waiting.findIndex(isIt);
    return at < 0 ? null : waiting.splice(at, 1)[0]!.stimulus;
  };
  const told = eventsOf(recording, ['command', 'refill']).flatMap(({ tick, kind, argument }): HumanAct[] => {
    if (kind === 'refill') {
      const refill = take((one) => one.tick === tick && one.stimulus.kind === 'refill');
      return [{ tick, text: `refill programmed: ${fillText(argument, refill)}`, isRefused: false }];
    }
    const [code, outcome] = [Math.floor(argument / 16), argument % 16];
    // A refill is one act and not two.
    if (code === REFILL && outcome === 0) return [];
    const name = COMMAND_KINDS[code] ?? 'command';
    const order =
      take(
        ({ tick: at, stimulus }) =>
          at === tick && stimulus.kind === 'command' && stimulus.command.kind === name,
      ) ??
      recording.done.findLast(({ tick: at, stimulus }) => at <= tick && stimulus.kind === 'session')
        ?.stimulus ??
      null;
    const answer = (COMMAND_OUTCOMES[outcome] ?? `outcome ${outcome}`).replaceAll('-', ' ');
    return [{ tick, text: `${orderText(name, order)}: ${answer}`, isRefused: outcome !== 0 }];
  });
  const untold = recording.done.flatMap(({ tick, stimulus }): HumanAct[] => {
    const text = untoldText(stimulus);
    return text === null ? [] : [{ tick, text, isRefused: false }];
  });
  return [...told, ...untold].sort((a, b) => a.tick - b.tick);
}

/** Of the pump's own doing, beside alarms and permission. */
export const OWN_KINDS = [
  'restart',
  'bolus-begin',
  'bolus-end',
  'bridge-begin',
  'bridge-end',
  'prime-begin',
  'prime-end',
] as const satisfies readonly EventKind[];

export function ownText({ kind, argument }: PumpEvent): string {
  switch (kind as (typeof OWN_KINDS)[number]) {
    case 'restart':
      return `restart, ${formatDuration(argument)} after the ledger was saved`;
    case 'bolus-begin':
      return `bolus of ${doseText(argument / 10)} begins`;
    case 'bolus-end':
      return `bolus ends, ${doseText(argument / 10)} given`;
    case 'bridge-begin':
      return `bridge begins: ${grouped(argument)} strokes at the old dose`;
    case 'bridge-end':
      return `bridge ends: on with ${grouped(argument)} ug/mL`;
    case 'prime-begin':
      return `prime begins: ${grouped(argument)} strokes`;
    case 'prime-end':
      return argument === 0 ? 'prime ends' : `prime ends, ${grouped(argument)} strokes short`;
  }
}

/** null: the pump tells of it. */
function untoldText(stimulus: Done['stimulus']): string | null {
  if (stimulus.kind === 'screening')
    return `dose on trial by syringe: ${doseText(stimulus.doseTenthUg / 10)}`;
  if (stimulus.kind !== 'replace') return null;
  const tubing = stimulus.isPrimed ? '' : ', its tubing not primed';
  return `another pump takes the place of this one, filled with ${stimulus.fillNl / 1e6} mL${tubing}`;
}

function commandItems(recording: Recording): LaneItem[] {
  return humanActs(recording).map(({ tick, text, isRefused }) => ({
    from: tick,
    to: tick,
    tone: isRefused ? 'bad' : 'neutral',
    text,
  }));
}

/** Between two samples something had to be sent again, came damaged, or the port was gone. */
function lineItems({ samples, sampleTicks }: Recording): LaneItem[] {
  const troubles = samples[LINE_TROUBLES] ?? new Float64Array();
  const items: LaneItem[] = [];
  for (let i = 1; i < troubles.length; i += 1) {
    const more = troubles[i]! - troubles[i - 1]!;
    if (more <= 0) continue;
    const text = `line: ${grouped(more)} ${more === 1 ? 'trouble' : 'troubles'} overcome`;
    items.push({ from: sampleTicks[i - 1]!, to: sampleTicks[i]!, tone: 'warning', text });
  }
  return items;
}

function judgementItems({ expectations }: RunResult): LaneItem[] {
  return expectations.flatMap(({ tick, text, verdict, observed }): LaneItem[] => {
    if (tick === null) return [];
    const tone = verdict === 'passed' ? 'good' : verdict === 'failed' ? 'bad' : 'warning';
    return [{ from: tick, to: tick, tone, text: `${verdict}: ${text}; observed ${observed ?? 'nothing'}` }];
  });
}
