/** What a clinician types and what comes of it: one line in, lines for a person and data for a program out. */
import { ALARMS } from '../../core/alarms/table.ts';
import {
  ACCEPTED,
  BOLUS_TOO_FAST,
  BRIDGE_UNSAID,
  COMMAND_OUTCOMES,
  NEEDS_CONFIRMATION,
  SESSION_OPEN,
} from '../../core/commands.ts';
import { EVENT_KINDS } from '../../core/events.ts';
import { PERMISSIONS, STOPPED } from '../../core/permission.ts';
import {
  BOLUS_DOSE_MAX_TENTH_UG,
  BRIDGE_WORD,
  NO_BRIDGE,
  PRESCRIBED_WORDS,
  RATE_MAX,
} from '../../core/prescription-words.ts';
import type { PatientGroup, PeriodicBolus } from '../../core/therapy.ts';
import { rulingGroup } from '../../core/titration.ts';
import { HELLO_WORDS, STATUS_WORDS } from '../../core/telemetry/answers.ts';
import { FIRST_REPLY_OUTCOME, REPLY_OUTCOMES, type RequestName } from '../../core/telemetry/requests.ts';
import type { Reply } from '../../programmer/exchange.ts';
import { type Forecast, forecast, type Status, type Told } from '../../programmer/forecast.ts';
import { CONFIRM_MINUTES, type LimitsMet, limitsMet } from '../../programmer/soft-limits.ts';
import {
  CONFIRMED,
  type Requests,
  readWords,
  UNCONFIRMED,
  type WordsCrc,
  writeWords,
} from '../../programmer/update.ts';
import { nearest } from '../../scenario/nearest.ts';
import { KINDS, parseQuantity, parseRate, type QuantityKind } from '../../scenario/quantity.ts';
import { formatDuration, formatInstant, parseDuration, parseHalfHour } from '../../scenario/time.ts';
import { PATIENT_GROUPS } from '../../../hal/prescription-words.ts';
import { argumentText } from '../../trace/words.ts';
import { readPrescribed } from '../prescribed-words.ts';
import { TICKS_PER_DAY, TICKS_PER_HALF_HOUR } from '../../core/units.ts';
import { dateText, daysUntil } from '../pump-time.ts';
import {
  dailyTenthUg,
  summaryOf,
  withBridge,
  withConcentration,
  withDailyDose,
  withFirstStart,
  withGroup,
  withLowReservoir,
  withPeriodicBolus,
} from './prescription.ts';
import type { PumpTalk } from './talk.ts';

/** What was typed makes no sense; nothing was sent. */
export class WordsError extends Error {}

export interface Answer {
  /** False: the pump refused it. */
  readonly isAccepted: boolean;
  readonly outcome: string;
  readonly lines: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

interface LogEntry {
  readonly number: number;
  readonly tick: number;
  readonly code: number;
  readonly argument: number;
}

interface Command {
  readonly usage: string;
  readonly meaning: string;
  /** Other forms of it. */
  readonly more?: readonly string[];
  /** Words it takes behind its name; undefined: it judges them itself. */
  readonly words?: number;
  readonly run: (words: readonly string[]) => Promise<Answer>;
}

/** That a person wants to see at once. */
const LATEST_ENTRIES = 20;
/** The tick of the start of a therapy that was going on before this pump. */
const BEFORE_THIS_PUMP = -1;
const WORD_MAX = 2_147_483_647;
const UL_PER_ML = 1000;
const NL_PER_UL = 1000;

export function outcomeName(code: number): string {
  return (
    (code < FIRST_REPLY_OUTCOME ? COMMAND_OUTCOMES[code] : REPLY_OUTCOMES[code - FIRST_REPLY_OUTCOME]) ??
    `outcome ${code}`
  );
}

function answered(reply: Reply | number, lines: readonly string[], data: Answer['data'] = {}): Answer {
  const code = typeof reply === 'number' ? reply : (reply[0] ?? ACCEPTED);
  const isAccepted = code === ACCEPTED;
  return {
    isAccepted,
    outcome: outcomeName(code),
    lines: isAccepted ? lines : [`refused: ${outcomeName(code)}`],
    data: isAccepted ? data : {},
  };
}

export class Clinician {
  private readonly talk: PumpTalk;
  private readonly crc: WordsCrc;
  private readonly isConfirming: boolean;
  /** In force when the session was opened, and what is to be; null: no session is open here. */
  private session: { readonly old: Int32Array; draft: Int32Array } | null = null;
  private readonly commands: Readonly<Record<string, Command>>;

  /** `isConfirming`: soft limits are confirmed as soon as the pump asks. */
  constructor(talk: PumpTalk, crc: WordsCrc, isConfirming = false) {
    this.talk = talk;
    this.crc = crc;
    this.isConfirming = isConfirming;
    this.commands = this.createCommands();
  }

  /** Carries out one line. Rejects with a `WordsError` when it is none. */
  async run(line: string): Promise<Answer> {
    const { command, words } = this.commandOf(line);
    return await command.run(words);
  }

  /** Throws a `WordsError` for a line that is no command at all; of its figures nothing is said. */
  check(line: string): void {
    this.commandOf(line);
  }

  private commandOf(line: string): { readonly command: Command; readonly words: readonly string[] } {
    const [name = '', ...words] = line.trim().split(/\s+/);
    const command = Object.hasOwn(this.commands, name) ? this.commands[name] : undefined;
    if (command === undefined) {
      const near = nearest(name, Object.keys(this.commands));
      throw new WordsError(
        `there is no command "${name}"; ${near === null ? 'help lists them' : `did you mean ${near}?`}`,
      );
    }
    if (command.words !== undefined && words.length > command.words) {
      throw new WordsError(`"${words.slice(command.words).join(' ')}" is too much: write ${command.usage}`);
    }
    return { command, words };
  }

  /** What is not known once the pump can't be heard any more. */
  lostWords(): readonly string[] {
    return [
      'whether the pump carried out the last command is not known: look at its status when it is there again',
      ...(this.session === null
        ? []
        : [
            'an update session was open and the pump may STAND STILL: rollback ends it, and the pump goes on',
          ]),
    ];
  }

  /** How the pump is left by whoever goes now. */
  async lastWords(): Promise<readonly string[]> {
    if (this.session === null) return [];
    const status = await this.status();
    if (status.isSessionOpen === 0) return ['the update session is over: the pump rolled it back by itself'];
    return [
      'the update session is still open and the pump STANDS STILL: nothing new is in force; it will call in two minutes',
    ];
  }

  private createCommands(): Record<string, Command> {
    return {
      help: { words: 0, usage: 'help', meaning: 'this list', run: () => Promise.resolve(this.help()) },
      status: { words: 0, usage: 'status', meaning: 'how the pump is', run: () => this.tellStatus() },
      prescription: {
        words: 0,
        usage: 'prescription',
        meaning: 'what the pump works from',
        run: () => this.tellPrescription(),
      },
      alarms: { words: 0, usage: 'alarms', meaning: 'which alarms there are', run: () => this.tellAlarms() },
      log: { words: 0, usage: 'log', meaning: 'the latest of the event log', run: () => this.tellLog() },
      open: {
        words: 0,
        usage: 'open',
        meaning: 'open an update session; the pump stands still until commit or rollback',
        run: () => this.open(),
      },
      set: {
        usage: 'set dose 320 ug/day',
        meaning: 'change the draft, its patient too; opens a session if none is open',
        more: [
          'set bolus 10 ug over 10 min every 6 h | none',
          'set concentration 2000 ug/mL',
          'set bridge 485 uL | none',
          'set low-reservoir 3 mL',
          'set group child',
          'set start now | before',
        ],
        run: (words) => this.set(words),
      },
      review: {
        words: 0,
        usage: 'review',
        meaning: 'the draft beside what is in force',
        run: () => this.review(),
      },
      commit: {
        words: 1,
        usage: 'commit [confirm]',
        meaning:
          'write, verify and put the draft in force; confirm takes the soft limits that the pump asked about',
        run: (words) => this.commit(words),
      },
      rollback: {
        words: 0,
        usage: 'rollback',
        meaning: 'forget the draft and go on as before',
        run: () => this.rollback(),
      },
      stop: {
        words: 0,
        usage: 'stop',
        meaning: 'stop delivery',
        run: () => this.order('stop', [], 'stopped'),
      },
      resume: {
        words: 0,
        usage: 'resume',
        meaning: 'end a stop; what was missed is not made up',
        run: () => this.resume(),
      },
      silence: {
        words: 1,
        usage: 'silence ALARM',
        meaning: 'no tone for a while',
        run: (words) => this.order('silence', [alarmIndex(words.join(' '))], 'silenced'),
      },
      acknowledge: {
        words: 1,
        usage: 'acknowledge ALARM',
        meaning: 'no more tones; a latched alarm leaves with its condition',
        run: (words) => this.order('acknowledge', [alarmIndex(words.join(' '))], 'acknowledged'),
      },
      refill: {
        usage: 'refill 38 mL',
        meaning: 'program the volume that was filled in; on sim nothing is truly filled',
        run: (words) => this.order('refill', [volumeNl(words)], 'volume programmed'),
      },
      bolus: {
        usage: 'bolus 10 ug over 10 min',
        meaning: 'a dose on top of the programmed rate; too fast for the pump, it says the shortest time',
        run: (words) => this.bolus(words),
      },
      prime: {
        usage: 'prime 485 uL',
        meaning: 'fill tubing and catheter at the fastest rate; then the therapy goes on',
        run: (words) => this.order('prime', [volumeNl(words)], 'the prime has begun'),
      },
      wait: {
        usage: 'wait 6 h',
        meaning: 'let time pass, in the simulation only',
        run: (words) => this.wait(words),
      },
      quit: {
        words: 0,
        usage: 'quit',
        meaning: 'go; also the end of input',
        run: () => Promise.resolve(answered(ACCEPTED, [])),
      },
    };
  }

  private help(): Answer {
    const rows = Object.values(this.commands).flatMap(({ usage, meaning, more = [] }) => [
      { usage, meaning },
      ...more.map((other) => ({ usage: other, meaning: '' })),
    ]);
    const width = Math.max(...rows.map(({ usage }) => usage.length));
    return answered(
      ACCEPTED,
      rows.map(({ usage, meaning }) => `${usage.padEnd(width)}  ${meaning}`.trimEnd()),
    );
  }

  private async wait(words: readonly string[]): Promise<Answer> {
    const { wait, name } = this.talk;
    if (wait === null) {
      throw new WordsError(`time can be let pass in the simulation only; ${name} goes by its own clock`);
    }
    const ticks = duration(words);
    await wait(ticks);
    return answered(ACCEPTED, [`${formatDuration(ticks)} later`]);
  }

  private async request(name: RequestName, ...words: number[]): Promise<Reply> {
    return await this.talk.request({ name, words });
  }

  /** The outcome of a sequence of requests. */
  private async carryOut(requests: Requests): Promise<number> {
    let step = requests.next();
    while (step.done !== true) step = requests.next(await this.talk.request(step.value));
    return step.value;
  }

  private async order(name: RequestName, words: readonly number[], done: string): Promise<Answer> {
    return answered(await this.request(name, ...words), [done]);
  }

  /** An alarm, another stop or a stopped therapy may hold the pump still: it is asked. */
  private async resume(): Promise<Answer> {
    const reply = await this.request('resume');
    const isAccepted = reply[0] === ACCEPTED;
    return answered(
      reply,
      isAccepted ? [`the stop is over: the pump ${deliveryText(await this.status())}`] : [],
    );
  }

  private async bolus(words: readonly string[]): Promise<Answer> {
    const at = words.indexOf('over');
    if (at < 1) throw new WordsError('write a dose and its time, such as bolus 10 ug over 10 min');
    const doseTenthUg = bolusDoseTenthUg(words.slice(0, at));
    const reply = await this.request('bolus', doseTenthUg, duration(words.slice(at + 1)));
    const answer = answered(reply, ['the bolus has begun']);
    const [outcome, shortestTicks = 0] = reply;
    if (outcome !== BOLUS_TOO_FAST) return answer;
    const why =
      shortestTicks === 0
        ? 'beside the programmed rate the pump can not give it in any time'
        : `the shortest time for it is ${formatDuration(shortestTicks)}`;
    return { ...answer, lines: [`${answer.lines[0]}; ${why}`], data: { shortestTicks } };
  }

  private async status(): Promise<Status> {
    return wordsOf(STATUS_WORDS, await this.request('status'));
  }

  /** All that is known of the pump, its last fill as far as the latest of its log tells of one. */
  private async told(): Promise<Told> {
    const status = await this.status();
    const { strokeNl, startHour, implantTick } = wordsOf(HELLO_WORDS, await this.request('hello'));
    const prescription = await readPrescribed((request) => this.talk.request(request));
    const refill = EVENT_KINDS.indexOf('refill');
    const lastFillTick = (await this.logEntries()).findLast(({ code }) => code === refill)?.tick ?? null;
    return { status, strokeNl, startHour, implantTick, prescription, lastFillTick };
  }

  private async tellStatus(): Promise<Answer> {
    const told = await this.told();
    const { status } = told;
    const coming = forecast(told);
    const active = alarmNames(status.activeAlarms);
    const reservoirMl = status.computedReservoirNl / NL_PER_UL / UL_PER_ML;
    const lines = [
      `pump time   ${formatDuration(status.nowTick)} since it was started`,
      `delivery    ${deliveryText(status)}`,
      `reservoir   ${reservoirMl.toFixed(3)} mL, as computed`,
      ...refillLines(told, coming),
      `strokes     ${status.requestedStrokes} commanded, ${status.confirmedStrokes} confirmed`,
      `battery     ${(status.computedBatteryPermille / 10).toFixed(1)} % of its charge drawn, ${batteryText(told, coming)}`,
      `alarms      ${active.length === 0 ? 'none' : active.join(', ')}`,
    ];
    return answered(ACCEPTED, lines, {
      ...status,
      activeAlarmNames: active,
      forecast: { ...coming, lastFillTick: told.lastFillTick },
    });
  }

  private async tellPrescription(): Promise<Answer> {
    const words = new Int32Array(PRESCRIBED_WORDS);
    const outcome = await this.carryOut(readWords('prescription', words));
    const summary = summaryOf(words);
    return answered(outcome, summaryLines(summary), { ...summary });
  }

  private async tellAlarms(): Promise<Answer> {
    const [, active = 0, present = 0, acknowledged = 0] = await this.request('alarms');
    const rows = ALARMS.map((row, i) => ({ ...row, bit: 1 << i })).filter(({ bit }) => (active & bit) !== 0);
    const alarms = rows.map(({ name, isCritical, bit }) => ({
      name,
      isCritical,
      isPresent: (present & bit) !== 0,
      isAcknowledged: (acknowledged & bit) !== 0,
    }));
    const lines = alarms.map(
      ({ name, isCritical, isPresent, isAcknowledged }) =>
        `${name}: ${isCritical ? 'critical' : 'non-critical'}, ${isPresent ? 'present' : 'over, latched'}${isAcknowledged ? ', acknowledged' : ''}`,
    );
    return answered(ACCEPTED, lines.length === 0 ? ['none'] : lines, { alarms });
  }

  private async logEntries(): Promise<readonly LogEntry[]> {
    const entries: LogEntry[] = [];
    const [, newest = 0] = await this.request('log', 0x7fffffff);
    for (let from = Math.max(1, newest - LATEST_ENTRIES + 1); from <= newest; ) {
      const [, , ...words] = await this.request('log', from);
      if (words.length === 0) break;
      for (let i = 0; i + 3 < words.length; i += 4) {
        entries.push({
          number: words[i]!,
          tick: words[i + 1]!,
          code: words[i + 2]!,
          argument: words[i + 3]!,
        });
      }
      from = (entries.at(-1)?.number ?? newest) + 1;
    }
    return entries;
  }

  private async tellLog(): Promise<Answer> {
    const entries = await this.logEntries();
    const lines = entries.map(({ tick, code, argument }) => {
      const kind = EVENT_KINDS[code];
      const what = kind === undefined ? `code ${code}` : `${kind} ${argumentText({ tick, kind, argument })}`;
      return `${formatInstant(tick)}  ${what}`;
    });
    return answered(ACCEPTED, lines.length === 0 ? ['nothing yet'] : lines, { entries });
  }

  private async open(): Promise<Answer> {
    const old = new Int32Array(PRESCRIBED_WORDS);
    const read = await this.carryOut(readWords('prescription', old));
    if (read !== ACCEPTED) return answered(read, []);
    const [outcome = ACCEPTED] = await this.request('open');
    if (outcome === SESSION_OPEN) {
      return {
        ...answered(outcome, []),
        lines: ['refused: session-open; somebody left one: rollback ends it, and the pump goes on'],
      };
    }
    // Whatever was said of the line was said of another change.
    old[BRIDGE_WORD] = 0;
    if (outcome === ACCEPTED) this.session = { old, draft: old.slice() };
    return answered(outcome, ['session open: the pump stands still until commit or rollback']);
  }

  private async set([what, ...words]: readonly string[]): Promise<Answer> {
    const change = what === 'start' ? await this.startChange(words) : changeOf(what, words);
    const opened = this.session === null ? await this.open() : null;
    if (opened?.isAccepted === false || this.session === null) return opened ?? answered(ACCEPTED, []);
    this.session.draft = change(this.session.draft);
    return answered(
      ACCEPTED,
      [
        ...(opened?.lines ?? []),
        ...summaryLines(summaryOf(this.session.draft)).map((line) => `draft: ${line}`),
      ],
      { draft: summaryOf(this.session.draft) },
    );
  }

  private async startChange(words: readonly string[]): Promise<(draft: Int32Array) => Int32Array> {
    const when = words.join(' ');
    if (when !== 'now' && when !== 'before') {
      throw new WordsError(
        'write set start now when the therapy begins with this program, or set start before',
      );
    }
    const firstStartTick = when === 'now' ? (await this.status()).nowTick : BEFORE_THIS_PUMP;
    return (draft) => withFirstStart(draft, firstStartTick);
  }

  private review(): Promise<Answer> {
    if (this.session === null) throw new WordsError('no session is open here: open, or set something');
    const { old, draft } = this.session;
    const [was, will] = [summaryOf(old), summaryOf(draft)];
    const [before, after] = [dailyTenthUg(old), dailyTenthUg(draft)];
    const percent = before === 0 ? null : ((after - before) * 100) / before;
    const isDrugChanged = was.concentrationUgPerMl !== will.concentrationUgPerMl;
    const change = percent === null ? '' : `  (${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %)`;
    return Promise.resolve(
      answered(
        ACCEPTED,
        [
          `mode           ${was.mode} -> ${will.mode}`,
          `dose           ${was.dailyUg} ug/day -> ${will.dailyUg} ug/day${change}`,
          `boluses        ${was.boluses ?? 'none'} -> ${will.boluses ?? 'none'}`,
          `drug           ${was.concentrationUgPerMl} ug/mL -> ${will.concentrationUgPerMl} ug/mL`,
          ...(isDrugChanged || will.bridgeUl !== 0 ? [`old drug       ${oldDrugText(will.bridgeUl)}`] : []),
          `low-reservoir  ${was.lowReservoirMl} mL -> ${will.lowReservoirMl} mL`,
          `patient        ${was.patientGroup} -> ${will.patientGroup}`,
        ],
        { old: was, draft: will, changePercent: percent },
      ),
    );
  }

  private async commit(words: readonly string[]): Promise<Answer> {
    const confirm = words.length === 0 ? undefined : words.join(' ');
    if (confirm !== undefined && confirm !== 'confirm')
      throw new WordsError('write commit, or commit confirm');
    if (this.session === null) throw new WordsError('no session is open here: open, or set something');
    // What is staged may be what an earlier commit has written: it is read anew.
    const staged = new Int32Array(PRESCRIBED_WORDS);
    const read = await this.carryOut(readWords('read-back', staged));
    if (read !== ACCEPTED) return this.ended(read);
    const written = await this.carryOut(writeWords(staged, this.session.draft, this.crc));
    if (written !== ACCEPTED) return this.ended(written);
    const asked = await this.request('commit', confirm === undefined ? UNCONFIRMED : CONFIRMED);
    const limits = asked[0] === NEEDS_CONFIRMATION ? this.limitsIn(asked) : null;
    const [outcome = ACCEPTED] =
      limits !== null && this.isConfirming ? await this.request('commit', CONFIRMED) : asked;
    if (outcome === ACCEPTED) {
      this.session = null;
      const confirmed = limits?.lines.map((line) => `confirmed: ${line}`) ?? [];
      return answered(
        outcome,
        [
          ...confirmed,
          `committed: the new prescription is in force, and the pump ${deliveryText(await this.status())}`,
        ],
        limits === null ? {} : { confirmed: limits },
      );
    }
    if (outcome === NEEDS_CONFIRMATION && limits !== null) return asking(limits);
    const remedy =
      outcome === BRIDGE_UNSAID
        ? 'the old drug is still in the line: set bridge 485 uL, the volume of tubing and catheter, or set bridge none'
        : 'change the draft';
    return {
      ...answered(outcome, []),
      lines: [
        `refused: ${outcomeName(outcome)}. The session is open and the pump stands still: ${remedy}, or roll back`,
      ],
    };
  }

  private limitsIn(reply: Reply): LimitsMet {
    return limitsMet(reply, this.session === null ? 0 : rulingGroup(this.session.old, this.session.draft));
  }

  /** A session that the pump has ended by itself is over here too. */
  private ended(outcome: number): Answer {
    if (outcomeName(outcome) === 'no-session') this.session = null;
    return answered(outcome, []);
  }

  private async rollback(): Promise<Answer> {
    const reply = await this.request('rollback');
    this.session = null;
    return answered(reply, ['rolled back: the old prescription goes on']);
  }
}

/** Not taken yet: the pump wants to hear it once more. */
function asking(limits: LimitsMet): Answer {
  return {
    ...answered(NEEDS_CONFIRMATION, []),
    lines: [
      'the pump asks whether this is meant:',
      ...limits.lines.map((line) => `  ${line}`),
      `"commit confirm" within ${CONFIRM_MINUTES} minutes takes it, later it asks again; or change the draft, or roll back. The pump stands still meanwhile`,
    ],
    data: { limits },
  };
}

function wordsOf<Name extends string>(names: readonly Name[], [, ...words]: Reply): Record<Name, number> {
  return Object.fromEntries(names.map((name, i) => [name, words[i] ?? 0])) as Record<Name, number>;
}

function refillLines(told: Told, { refillTick, lowReservoirTick, drugEndTick }: Forecast): readonly string[] {
  const { nowTick } = told.status;
  const when = (tick: number): string =>
    tick <= nowTick ? 'now' : `${dateText(told, tick)} (${daysUntil(nowTick, tick)} d)`;
  const low = lowReservoirTick === null ? 'not within a year' : when(lowReservoirTick);
  const fill =
    told.lastFillTick === null
      ? 'at the latest; when it was filled is not known to telemetry'
      : `filled ${dateText(told, told.lastFillTick)}`;
  return [
    `refill by   ${when(refillTick)}, an estimate: the first of the next two`,
    `  low alarm ${low}`,
    `  drug      keeps six months: until ${when(drugEndTick)}, ${fill}`,
  ];
}

function batteryText(told: Told, { batteryMonths, serviceEndTick }: Forecast): string {
  return serviceEndTick === null
    ? `about ${batteryMonths} months until it asks to be replaced`
    : `replace the pump by ${dateText(told, serviceEndTick)}`;
}

function deliveryText(status: Status): string {
  if (status.isSessionOpen === 1) return 'stands still: an update session is open';
  if (status.isStopCommanded === 1) return 'stands still: stopped by command';
  return status.permission === STOPPED
    ? 'stands still: alarms and prescription say why'
    : `delivers: ${PERMISSIONS[status.permission] ?? status.permission}`;
}

function alarmNames(bits: number): string[] {
  return ALARMS.filter((_, i) => ((bits >> i) & 1) === 1).map(({ name }) => name);
}

function summaryLines(summary: ReturnType<typeof summaryOf>): string[] {
  return [
    `${summary.mode}, ${summary.dailyUg} ug/day of ${summary.concentrationUgPerMl} ug/mL${summary.boluses === null ? '' : `, in it ${summary.boluses}`}, low-reservoir alarm at ${summary.lowReservoirMl} mL${summary.patientGroup === 'none' ? '' : `, ${summary.patientGroup}`}`,
  ];
}

/** What was said of the old drug in tubing and catheter. */
function oldDrugText(bridgeUl: number | null): string {
  if (bridgeUl === null) return 'not bridged';
  return bridgeUl === 0 ? 'to be said: set bridge 485 uL, or set bridge none' : `bridged over ${bridgeUl} uL`;
}

function alarmIndex(name: string): number {
  const index = ALARMS.findIndex((row) => row.name === name);
  if (index >= 0) return index;
  const near = nearest(
    name,
    ALARMS.map((row) => row.name),
  );
  throw new WordsError(
    name === ''
      ? 'write the name of an alarm; alarms lists those that are active'
      : `there is no alarm "${name}"; ${near === null ? '`thecal list alarms` has them all' : `did you mean ${near}?`}`,
  );
}

function quantityOf(words: readonly string[], kind: QuantityKind): number {
  const quantity = parseQuantity(words.join(' '), kind);
  if (!quantity.ok) throw new WordsError(quantity.message);
  const { value } = quantity.value;
  if (value > WORD_MAX) throw new WordsError(`${words.join(' ')} is more than a word to the pump holds`);
  return value;
}

function volumeNl(words: readonly string[]): number {
  return quantityOf(words, KINDS.volume);
}

function duration(words: readonly string[]): number {
  const ticks = parseDuration(words.join(' '));
  if (!ticks.ok) throw new WordsError(ticks.message);
  return ticks.value;
}

function bolusDoseTenthUg(words: readonly string[]): number {
  const doseTenthUg = quantityOf(words, KINDS.dose);
  if (doseTenthUg <= BOLUS_DOSE_MAX_TENTH_UG) return doseTenthUg;
  throw new WordsError(`write at most ${BOLUS_DOSE_MAX_TENTH_UG / 10} ug: no pump takes more at once`);
}

const PERIODIC_BOLUS = /^(.+) over (.+) every (.+?)(?: from (.+))?$/;

function periodicBolusOf(words: readonly string[]): PeriodicBolus | null {
  const text = words.join(' ');
  if (text === 'none') return null;
  const [, dose, over, every, from = '00:00'] = PERIODIC_BOLUS.exec(text) ?? [];
  if (dose === undefined || over === undefined || every === undefined) {
    throw new WordsError('write set bolus 10 ug over 10 min every 6 h from 07:00, or set bolus none');
  }
  const firstSlot = parseHalfHour(from);
  if (!firstSlot.ok) throw new WordsError(firstSlot.message);
  const intervalTicks = duration([every]);
  if (intervalTicks < 1 || TICKS_PER_DAY % intervalTicks !== 0) {
    throw new WordsError(`${every} does not divide a day: write a part of it such as 4 h, 6 h or 8 h`);
  }
  return {
    doseTenthUg: bolusDoseTenthUg([dose]),
    durationTicks: duration([over]),
    intervalTicks,
    firstTicks: (firstSlot.value * TICKS_PER_HALF_HOUR) % intervalTicks,
  };
}

function groupOf([name = '', ...rest]: readonly string[]): PatientGroup {
  const group = PATIENT_GROUPS.find((known) => known === name);
  if (group !== undefined && rest.length === 0) return group;
  throw new WordsError(`there is no group "${name}"; write one of ${PATIENT_GROUPS.join(', ')}`);
}

function changeOf(what: string | undefined, words: readonly string[]): (draft: Int32Array) => Int32Array {
  if (what === 'low-reservoir') {
    const thresholdNl = volumeNl(words);
    return (draft) => withLowReservoir(draft, thresholdNl);
  }
  if (what === 'group') {
    const group = groupOf(words);
    return (draft) => withGroup(draft, group);
  }
  if (what === 'concentration') {
    const concentrationUgPerMl = quantityOf(words, KINDS.concentration);
    return (draft) => withConcentration(draft, concentrationUgPerMl);
  }
  if (what === 'bridge') {
    const bridgeNl = words.join(' ') === 'none' ? NO_BRIDGE : volumeNl(words);
    return (draft) => withBridge(draft, bridgeNl);
  }
  if (what === 'bolus') {
    const bolus = periodicBolusOf(words);
    return (draft) => {
      const changed = withPeriodicBolus(draft, bolus);
      if (changed !== null) return changed;
      throw new WordsError('boluses come on top of one rate for the whole day: set dose 120 ug/day first');
    };
  }
  if (what !== 'dose')
    throw new WordsError(
      'write set dose 320 ug/day, set bolus 10 ug over 10 min every 6 h, set concentration 2000 ug/mL, set bridge 485 uL, set low-reservoir 3 mL, set group adult-spinal or set start now',
    );
  const rate = parseRate(words.join(' '));
  if (!rate.ok) throw new WordsError(rate.message);
  if (rate.value.family !== 'dose' || rate.value.per !== 'day') {
    throw new WordsError('write the dose of a day, such as 320 ug/day');
  }
  const { amount } = rate.value;
  if (amount > RATE_MAX) {
    throw new WordsError(`${rate.value.text} is more than a prescription holds, ${RATE_MAX / 10} ug/day`);
  }
  return (draft) => withDailyDose(draft, amount);
}
