/**
 * The sim target: the core in this process over a world. The loop below is the whole of it: jump to the nearest of
 * the pump's next wake, the next stimulus and the tick asked for, execute a tick there, apply its stroke.
 */
import { ALARMS } from '../../src/core/alarms/table.ts';
import { type Calm, createCalm, disturb, nextCalmWake, runTick } from '../../src/core/calm.ts';
import type { Command } from '../../src/core/commands.ts';
import { ACCEPTED, COMMAND_KINDS } from '../../src/core/commands.ts';
import {
  FRAME_TICKS,
  INTERROGATION_TICKS,
  PERISTALTIC_STROKE_NL,
  VALVE_ACCUMULATOR_STROKE_NL,
} from '../../src/core/config.ts';
import { computedUsedPermille } from '../../src/core/detection/battery.ts';
import { stateDigest } from '../../src/core/digest.ts';
import { COMMAND, EVENT_KINDS, RAISE } from '../../src/core/events.ts';
import { computedReservoirNl } from '../../src/core/ledger.ts';
import type { PumpOptions } from '../../src/core/pump.ts';
import { bootPump, createPump, queueCommand } from '../../src/core/pump.ts';
import { runEachTick } from '../../src/core/quiet-ticks.ts';
import type { PumpState } from '../../src/core/state.ts';
import { PRESCRIPTION_AT, PRESCRIPTION_WORDS, storeWords } from '../../src/core/store.ts';
import { idle } from '../../src/core/tick.ts';
import { TICK_MS, TICKS_PER_HALF_HOUR, TICKS_PER_HOUR, TICKS_PER_SECOND } from '../../src/core/units.ts';
import { faultSpec } from '../../sim/faults/index.ts';
import { completeOptions } from '../../sim/faults/ledger.ts';
import {
  applyFault,
  assertConserved,
  clearFault,
  clockPpm,
  createWorld,
  faultRecords,
  inject,
  interrogated,
  markFaultFired,
  nextPartOfDay,
  outletPressurePa,
  patientAt,
  patientTick,
  refill,
  replacePump,
  settle,
  stroke,
  supplyMv,
  temperatureMilliC,
  trueDeliveredPg,
  trueIntrathecalPg,
  trueLostPl,
  trueReservoirPl,
  trueTipNgPerMl,
  trueTrappedPl,
  turnHour,
  USUAL_NEEDS_TENTH_UG,
} from '../../sim/world.ts';
import type { PumpHal } from '../hal.ts';
import { commandOf, prescriptionWords } from '../prescription-words.ts';
import type { SignalName } from '../signals.ts';
import { SIGNALS } from '../signals.ts';
import { stateFields } from '../state-fields.ts';
import type {
  ClinicalOrder,
  FaultRecord,
  Prescription,
  RefillRecord,
  Stimulus,
  Target,
  TargetDescription,
  TargetDigest,
  TargetFactory,
  TargetObserver,
  TargetSetup,
} from '../target.ts';
import { crc32OfWords } from './checksum.ts';
import type { Clinician } from './clinician.ts';
import {
  beginUpdate,
  beginWithNewPump,
  createClinician,
  hearAnswer,
  lastRefill,
  meantUgPerMl,
  nextHalfHour,
  nextTurn,
  prescriptionAt,
} from './clinician.ts';
import type { DoseJudge, Finding } from './dose-judge.ts';
import {
  announce,
  beginLog,
  compareLog,
  createDoseJudge,
  findings,
  isSilent,
  look,
  prescribeDose,
  prescribedUntilPg,
  strokeMayHold,
  worstExcessPg,
} from './dose-judge.ts';
import type { PumpClock } from './prescribed.ts';
import { prescribedPgPerDay } from './prescribed.ts';
import type { SimSide } from './sim-hal.ts';
import { createSimHal } from './sim-hal.ts';
import { framesAt, hearPump, nextWandTick } from './wand.ts';

interface Queued {
  readonly tick: number;
  readonly stimulus: Stimulus;
}

/** Of the event log. */
const LOG_ENTRIES = 1000;
const PG_PER_TENTH_UG = 100000;

/** Where a memory upset may be: the choices of the fault, in the order of the copies. */
const UPSET_COPIES = ['working', 'stored', 'second'];

/** Faults that take the firmware its power, and how long a start takes that is none of the power's: an estimate. */
const CUTS = ['power-loss', 'firmware-reset'];
const RESET_TICKS = TICKS_PER_SECOND;

/** A front widens over a fifth of the line's volume, the middle of the 10 to 30 % taken for it: an estimate. */
const MIXING_TANKS = 128;

/** Before every tick, so that it is always past. */
const UNKNOWN = -1;

const ORACLE_SIGNALS: readonly SignalName[] = ['true.prescribed-ug', 'true.excess-dose-ug'];

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function emptyStore(): Int32Array {
  return new Int32Array(storeWords(LOG_ENTRIES));
}

function pumpOptions(
  setup: TargetSetup,
  fillNl: number,
  prescription: Prescription,
  implantTick: number,
): PumpOptions {
  const { reservoirNl, startHour, sessionTimeoutTicks = 0 } = setup;
  const strokeNl = setup.mechanism === 'peristaltic' ? PERISTALTIC_STROKE_NL : VALVE_ACCUMULATOR_STROKE_NL;
  const words = prescriptionWords(prescription);
  return { strokeNl, reservoirNl, startHour, sessionTimeoutTicks, implantTick, fillNl, words };
}

function isCriticalAlarmActive({ alarms }: PumpState): boolean {
  for (let i = 0; i < ALARMS.length; i++) {
    if (alarms.rows[i]!.isActive === 1 && ALARMS[i]!.isCritical) return true;
  }
  return false;
}

/** Listens to what goes into the firmware of a target: its readings, by a HAL laid over, and its stimuli. */
export interface SimTap {
  over(hal: PumpHal): PumpHal;
  command(command: Command): void;
  /** Copy 0 is the working one, 1 and 2 are the stored ones. */
  upset(copy: number, word: number, bit: number): void;
  /** Another pump takes the place of this one, so many ticks after the last one that it executed. */
  replace(pump: PumpOptions, ticks: number): void;
  /** The firmware starts from its store, so many ticks after the last one that it executed. */
  boot(ticks: number): void;
}

/**
 * A pump over a world. `pump` and `side` are open to tests, which put the firmware into states on purpose and then
 * `disturb`.
 */
export class SimTarget implements Target {
  pump: PumpState;
  readonly side: SimSide;
  private readonly setup: TargetSetup;
  /** Of the setup, which may have any shape: each step asks. */
  private readonly isTickByTick: boolean;
  private readonly tap: SimTap | null;
  private readonly hal: PumpHal;
  private calm: Calm = createCalm();
  private judge: DoseJudge | null;
  private queue: Queued[] = [];
  /** While there is no power: the tick that comes next. The pump is then what it was after its last wake. */
  private offTick: number | null = null;
  /** When the power comes back. */
  private bootTick = 0;
  private clinician: Clinician;
  /** Frames from the pump in this tick. */
  private replies: Uint8Array[] = [];
  private executed = 0;
  private lastTick = -1;
  private observer: TargetObserver | null = null;
  /** Something happened in this tick at which the oracle looks, in whichever way the run is stepped. */
  private isOracleLook = false;
  /** In this tick something else may be prescribed than in the last one. */
  private isTurn = false;
  /** The next turn as it was found last, for as long as nothing is ordered anew and it is not past. */
  private turnTick = UNKNOWN;
  /** The same of what only another rate begins with. */
  private rateTick = UNKNOWN;

  /** `tap` hears all that reaches the firmware; for whoever has to say the same to another one. */
  constructor(setup: TargetSetup, tap: SimTap | null = null) {
    this.setup = setup;
    this.isTickByTick = setup.isTickByTick;
    this.tap = tap;
    this.clinician = createClinician(setup);
    this.side = {
      world: createWorld({
        ...setup,
        tickMs: TICK_MS,
        reservoirCapacityNl: setup.reservoirNl,
        mixingTanks: setup.mixingTanks ?? MIXING_TANKS,
        isLinePrimed: setup.isLinePrimed ?? true,
        needsTenthUg: setup.patientNeedsTenthUg ?? USUAL_NEEDS_TENTH_UG,
        usedToPgPerDay:
          setup.isPatientUsed === false ? 0 : prescribedPgPerDay(setup.therapy, setup.concentrationUgPerMl),
      }),
      tick: 0,
      isStrokeCommanded: false,
      stored: emptyStore(),
      watchdogKicks: 0,
    };
    const hal = createSimHal(this.side, {
      event: (at, code, argument) => this.hear(at, code, argument),
      stateDigest: (at, digest) => this.observer?.stateDigest(at, digest),
      reply: (bytes) => {
        this.replies.push(bytes);
        this.observer?.reply?.(bytes);
      },
    });
    this.hal = tap === null ? hal : tap.over(hal);
    this.pump = createPump(pumpOptions(setup, setup.fillNl, setup, 0), this.hal);
    const strokePg = this.pump.build.strokeNl * setup.concentrationUgPerMl;
    this.judge = setup.hasOracle ? createDoseJudge(strokePg) : null;
    this.prescribe(0);
  }

  describe(): TargetDescription {
    const names = SIGNALS.map((signal) => signal.name);
    return {
      name: 'sim',
      engine: 'host',
      signals: names.filter((name) => this.judge !== null || !ORACLE_SIGNALS.includes(name)),
    };
  }

  nowTick(): number {
    return this.offTick ?? this.pump.nowTick;
  }

  get isOff(): boolean {
    return this.offTick !== null;
  }

  executedTicks(): number {
    return this.executed;
  }

  stimulate(atTick: number, stimulus: Stimulus): void {
    if (atTick < this.nowTick()) throw new Error(`stimulus for tick ${atTick}, which has passed`);
    let place = this.queue.length;
    while (place > 0 && this.queue[place - 1]!.tick > atTick) place -= 1;
    this.queue.splice(place, 0, { tick: atTick, stimulus });
  }

  // biome-ignore lint/suspicious/useAwait: other targets wait for a line here
  async advance(toTick: number, observer: TargetObserver): Promise<void> {
    while (this.nowTick() <= toTick) this.step(toTick, observer);
  }

  /** The pump or its store was changed by hand. */
  disturb(): void {
    disturb(this.calm);
  }

  /** The tick that `step` executes. */
  nextTick(toTick: number): number {
    const now = this.nowTick();
    if (this.isTickByTick) return now;
    const pumpTick = this.isOff ? this.nextOffTick(now) : nextCalmWake(this.pump, this.calm);
    const turnTick = this.nextTurn(now);
    return Math.min(pumpTick, this.nextStimulusTick(), nextWandTick(this.clinician.wand), turnTick, toTick);
  }

  /** Jump to the next wake, or to `toTick` if that comes first, and execute it. Returns the tick executed. */
  step(toTick: number, observer: TargetObserver): number {
    this.observer = observer;
    const next = this.nextTick(toTick);
    const { nowTick } = this.pump;
    this.prescribeUntil(next);
    if (next > nowTick && !this.isOff && !this.isEndedAt(next)) idle(this.pump, next - nowTick);
    this.execute(next);
    observer.afterTick(next);
    return next;
  }

  read(signal: string): number | null {
    const { pump, side, judge } = this;
    const at = Math.max(0, this.lastTick);
    switch (signal as SignalName) {
      case 'requested-strokes':
        return pump.motor.requested;
      case 'confirmed-strokes':
        return pump.motor.confirmed;
      case 'computed.reservoir-ul':
        return this.computedReservoirNl();
      case 'computed.delivered-ug':
        return Math.floor(pump.ledger.computedDosePg / 1000);
      case 'computed.battery-used-percent':
        return computedUsedPermille(pump.battery, pump.motor.requested, at - pump.build.implantTick) * 100;
      case 'permission':
        return pump.mode.permission;
      case 'occlusion-state':
        return pump.occlusion.verdict;
      case 'tones':
        return pump.battery.tones;
      case 'outlet-pressure-pa':
        return outletPressurePa(side.world, at, 'peek');
      case 'supply-mv':
        return supplyMv(side.world, at, 'resting', 'peek');
      case 'temperature-milli-c':
        return temperatureMilliC(side.world, at, 'peek');
      case 'true.reservoir-ul':
        return Math.floor(trueReservoirPl(side.world, at) / 1000);
      case 'true.delivered-ug':
        return Math.floor(trueDeliveredPg(side.world, at) / 1000);
      case 'true.trapped-ul':
        return Math.floor(trueTrappedPl(side.world, at) / 1000);
      case 'true.lost-ul':
        return Math.floor(trueLostPl(side.world, at) / 1000);
      case 'true.prescribed-ug':
        return judge === null ? null : Math.floor(prescribedUntilPg(judge, at) / 1000);
      case 'true.excess-dose-ug':
        return judge === null ? null : Math.floor(worstExcessPg(judge) / 1000);
      case 'refill.withdrawn-ul':
        return lastRefill(this.clinician)?.withdrawnNl ?? null;
      case 'refill.computed-ul':
        return lastRefill(this.clinician)?.computedNl ?? null;
      case 'refill.discrepancy-ul': {
        const last = lastRefill(this.clinician);
        return last === undefined ? null : last.withdrawnNl - last.computedNl;
      }
      case 'refill.filled-ul':
        return lastRefill(this.clinician)?.filledNl ?? null;
      case 'true.intrathecal-ug':
        return Math.floor(trueIntrathecalPg(side.world, at) / 1000);
      case 'true.tip-concentration-ug-per-ml':
        return trueTipNgPerMl(side.world, at);
      case 'patient.csf-ug-per-ml':
        return patientAt(side.world, at).csfNgPerMl;
      case 'patient.effect-percent':
        return patientAt(side.world, at).effectMilliPercent;
      case 'patient.ashworth':
        return patientAt(side.world, at).ashworth;
      case 'patient.withdrawal-stage':
        return patientAt(side.world, at).withdrawalStage;
      case 'patient.overdose-stage':
        return patientAt(side.world, at).overdoseStage;
      default:
        return null;
    }
  }

  readState(): Promise<ReadonlyMap<string, number>> {
    // Without power there is none.
    return Promise.resolve(this.isOff ? new Map() : stateFields({ ...this.pump, inbox: [] }));
  }

  faults(): readonly FaultRecord[] {
    const records = faultRecords(this.side.world);
    return records.map((one) => (faultSpec(one.kind).layer === 'line' ? { ...one, strikes: null } : one));
  }

  refills(): readonly RefillRecord[] {
    return this.clinician.refills;
  }

  doseFailures(): readonly Finding[] {
    return this.judge === null ? [] : findings(this.judge, Math.max(0, this.lastTick));
  }

  digest(): Promise<TargetDigest> {
    const { laneA, laneB } = this.pump.log;
    const state = this.isOff ? 0 : stateDigest(this.pump, { crc32: crc32OfWords });
    return Promise.resolve({ rolling: hex(laneA) + hex(laneB), state: hex(state) });
  }

  snapshot(): Promise<unknown> {
    return Promise.resolve(this.keep());
  }

  restore(snapshot: unknown): Promise<void> {
    this.goBackTo(snapshot as ReturnType<SimTarget['keep']>);
    return Promise.resolve();
  }

  /** A copy of all that a run depends on. */
  keep() {
    return structuredClone(this.whole());
  }

  goBackTo(kept: ReturnType<SimTarget['keep']>): void {
    const { side, ...rest } = structuredClone(kept);
    Object.assign(this.side, side);
    Object.assign(this, rest);
    this.calm = createCalm();
    this.forgetTurns();
  }

  /** Everything that a run depends on, plain data all of it. */
  private whole() {
    const { pump, side, judge, clinician, queue, executed, lastTick, offTick, bootTick } = this;
    return { pump, side, judge, clinician, queue, executed, lastTick, offTick, bootTick };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private nextStimulusTick(): number {
    return this.queue.length === 0 ? Number.MAX_SAFE_INTEGER : this.queue[0]!.tick;
  }

  private forgetTurns(): void {
    this.turnTick = UNKNOWN;
    this.rateTick = UNKNOWN;
  }

  /** Where another part of what was ordered begins. */
  private nextTurn(tick: number): number {
    if (this.turnTick < tick) this.turnTick = nextTurn(this.clinician, tick, this.clock());
    return this.turnTick;
  }

  /** Where another rate may begin; on the patient's clock too, whose half hours are not those of the pump. */
  private nextRate(tick: number): number {
    if (this.rateTick < tick) {
      this.rateTick = Math.min(
        nextHalfHour(this.clinician, tick, this.clock()),
        nextPartOfDay(this.side.world, tick, TICKS_PER_HALF_HOUR),
      );
    }
    return this.rateTick;
  }

  /** What begins before this tick was begun in its own, whether or not that was executed. */
  private prescribeUntil(at: number): void {
    for (let tick = this.nextRate(this.nowTick()); tick < at; tick = this.nextRate(tick + 1)) {
      this.prescribe(tick);
    }
  }

  private clock(): PumpClock {
    return { startHour: this.setup.startHour, ticksPerHour: TICKS_PER_HOUR };
  }

  private takeStimuli(at: number): readonly Queued[] {
    const later = this.queue.findIndex((queued) => queued.tick > at);
    return this.queue.splice(0, later < 0 ? this.queue.length : later);
  }

  private execute(at: number): void {
    const isHour = at % TICKS_PER_HOUR === 0;
    this.side.tick = at;
    this.isTurn = at === this.nextTurn(at);
    this.isOracleLook = isHour || this.isTurn;
    if (isHour) turnHour(this.side.world, at);
    if (this.nextStimulusTick() === at) {
      for (const { stimulus } of this.takeStimuli(at)) this.apply(stimulus, at);
    }
    const { wand } = this.clinician;
    if (nextWandTick(wand) === at) {
      for (const bytes of framesAt(wand, this.side.world, at)) this.order({ kind: 'frame', bytes }, at);
    }
    if (this.isOff && at >= this.bootTick) this.boot(at);
    if (this.offTick === null) this.work(at);
    else this.offTick = at + 1;
    this.executed += 1;
    this.lastTick = at;
    if (this.isOracleLook) this.judgeDose(at);
    if (at === this.nextRate(at)) this.prescribe(at);
    if (isHour) {
      settle(this.side.world, at);
      assertConserved(this.side.world, at);
    }
  }

  private judgeDose(at: number): void {
    const { judge, pump } = this;
    if (judge === null) return;
    if (this.isTurn) this.prescribe(at);
    look(judge, this.side.world, at, meantUgPerMl(this.clinician, at));
    // A pump without power tells nothing.
    if (this.isOff) return;
    compareLog(judge, at, pump.ledger.computedDosePg);
    // A stop is not silent while a critical alarm stands, even if a last trickle came after its raise.
    if (isSilent(judge, at) && isCriticalAlarmActive(pump)) announce(judge, at);
  }

  private work(at: number): void {
    if (this.isTickByTick) runEachTick(this.pump, this.calm, this.hal);
    else runTick(this.pump, this.calm, this.hal);
    this.hal.watchdog.kick();
    if (this.replies.length > 0) {
      for (const bytes of this.replies) hearPump(this.clinician.wand, bytes, at, crc32OfWords);
      this.replies = [];
    }
    if (!this.side.isStrokeCommanded) return;
    this.side.isStrokeCommanded = false;
    stroke(this.side.world, at);
  }

  /** The power comes back, or the oracle looks. */
  private nextOffTick(now: number): number {
    return Math.min(this.bootTick, Math.ceil(now / TICKS_PER_HOUR) * TICKS_PER_HOUR);
  }

  /** The firmware that ran until now does not see this tick: its power fails before, or another pump is there. */
  private isEndedAt(at: number): boolean {
    if (this.nextStimulusTick() !== at) return false;
    return this.queue.some(
      ({ tick, stimulus }) =>
        tick === at &&
        (stimulus.kind === 'replace' || (stimulus.kind === 'fault' && CUTS.includes(stimulus.fault))),
    );
  }

  /** The firmware is gone in mid-thought, with whatever it was just told. */
  private cutPower(fault: Stimulus & { kind: 'fault' }, at: number): void {
    const options = completeOptions(faultSpec(fault.fault), fault.options, TICK_MS);
    const bootTick = at + Number(options['off'] ?? RESET_TICKS);
    if (this.isOff && bootTick <= this.bootTick) return;
    this.pump.inbox.splice(0);
    this.clinician.taken = [];
    this.offTick = at;
    this.bootTick = bootTick;
    markFaultFired(this.side.world, fault.id, at);
  }

  /** The device's clock went on: it is a part of its own. */
  private boot(at: number): void {
    this.tap?.boot(at - this.pump.nowTick + 1);
    this.offTick = null;
    const pump = bootPump(at, this.hal);
    if (pump === null) throw new Error('the store of a pump that ran holds none');
    this.pump = pump;
    this.calm = createCalm();
  }

  private apply(stimulus: Stimulus, at: number): void {
    const { world } = this.side;
    this.isOracleLook = true;
    this.isTurn = true;
    this.forgetTurns();
    switch (stimulus.kind) {
      case 'command':
        this.order(stimulus.command, at);
        break;
      case 'fault':
        applyFault(world, { id: stimulus.id, kind: stimulus.fault, options: stimulus.options }, at);
        if (stimulus.fault === 'memory-upset') this.flipBit(stimulus, at);
        if (CUTS.includes(stimulus.fault)) this.cutPower(stimulus, at);
        break;
      case 'session':
        beginUpdate(this.clinician, stimulus, at);
        break;
      case 'clear':
        clearFault(world, stimulus.id, at);
        break;
      case 'refill':
        this.refill(stimulus, at);
        break;
      case 'replace':
        this.replace(stimulus, at);
        break;
      case 'screening':
        inject(world, stimulus.doseTenthUg * PG_PER_TENTH_UG, at);
        break;
    }
  }

  private replace({ fillNl, prescription, isPrimed }: Stimulus & { kind: 'replace' }, at: number): void {
    const { setup, side } = this;
    const { concentrationUgPerMl } = prescription;
    replacePump(
      side.world,
      {
        reservoirCapacityNl: setup.reservoirNl,
        fillNl,
        tolerancePpm: setup.tolerancePpm,
        concentrationUgPerMl,
        isPrimed,
      },
      at,
    );
    side.stored = emptyStore();
    const options = pumpOptions(setup, fillNl, prescription, at);
    this.tap?.replace(options, at - this.pump.nowTick + 1);
    this.pump = createPump(options, this.hal);
    this.calm = createCalm();
    this.offTick = null;
    beginWithNewPump(this.clinician, prescription);
    if (this.judge !== null) {
      strokeMayHold(this.judge, this.pump.build.strokeNl * concentrationUgPerMl);
      beginLog(this.judge, this.pump.ledger.computedDosePg);
    }
    this.prescribe(at);
  }

  /** The procedure: interrogate, withdraw, compare, fill, program. Nobody programs a refill that nobody made. */
  private refill({ volumeNl, concentrationUgPerMl }: Stimulus & { kind: 'refill' }, at: number): void {
    const computedNl = this.computedReservoirNl();
    const outcome = refill(this.side.world, volumeNl, at, concentrationUgPerMl);
    this.clinician.refills.push({ tick: at, computedNl, ...outcome });
    if (!outcome.performed) return;
    this.order({ kind: 'refill', volumeNl: outcome.injectedNl }, at);
    if (this.judge === null) return;
    beginLog(this.judge, this.pump.ledger.computedDosePg);
    if (concentrationUgPerMl !== undefined) {
      strokeMayHold(this.judge, this.pump.build.strokeNl * concentrationUgPerMl);
    }
  }

  private computedReservoirNl(): number {
    const { ledger, motor, build } = this.pump;
    return computedReservoirNl(ledger, motor.confirmed, build.strokeNl);
  }

  private order(order: ClinicalOrder, at: number): void {
    if (this.isOff && at >= this.bootTick) this.boot(at);
    // Nobody hears it.
    if (this.isOff) return;
    const command = commandOf(order);
    if (command.kind === 'frame') interrogated(this.side.world, FRAME_TICKS, at);
    else this.clinician.taken.push(order);
    queueCommand(this.pump, command);
    this.tap?.command(command);
  }

  /** A memory upset is in no plant: it is a bit of a copy of the prescription, and this target holds them all. */
  private flipBit(fault: Stimulus & { kind: 'fault' }, at: number): void {
    const options = completeOptions(faultSpec(fault.fault), fault.options, TICK_MS);
    const copy = UPSET_COPIES.indexOf(String(options['where']));
    const word = Number(options['word']) % PRESCRIPTION_WORDS;
    const bit = Number(options['bit']);
    if (copy === 0 && this.isOff) return;
    if (copy === 0) this.pump.prescription.words[word]! ^= 1 << bit;
    else this.side.stored[PRESCRIPTION_AT + (copy - 1) * PRESCRIPTION_WORDS + word]! ^= 1 << bit;
    this.disturb();
    this.tap?.upset(copy, word, bit);
    markFaultFired(this.side.world, fault.id, at);
  }

  private hear(at: number, code: number, argument: number): void {
    const kind = EVENT_KINDS[code];
    if (kind === undefined) throw new Error(`event code ${code}, which no table knows`);
    // The oracle looks where any stepping comes by: at events, hours and stimuli.
    this.isOracleLook = true;
    if (code === COMMAND) {
      const isAccepted = argument % 16 === ACCEPTED;
      if (hearAnswer(this.clinician, COMMAND_KINDS[argument >> 4], isAccepted, at)) {
        this.forgetTurns();
        this.prescribe(at);
      }
    }
    // A tone for something else does not announce a stop: only critical alarms do.
    if (code === RAISE && this.judge !== null && ALARMS[argument]?.isCritical === true)
      announce(this.judge, at);
    if (code === COMMAND && COMMAND_KINDS[Math.floor(argument / 16)] === 'interrogate') {
      interrogated(this.side.world, INTERROGATION_TICKS, at);
    }
    this.observer?.event({ tick: at, kind, argument });
  }

  private prescribe(at: number): void {
    if (this.judge === null) return;
    const { world } = this.side;
    const patients = { tick: patientTick(world, at), ppm: clockPpm(world) };
    const clock = this.clock();
    prescribeDose(this.judge, at, prescriptionAt(this.clinician, at, patients, clock));
  }
}

export const createSimTarget: TargetFactory = (setup) => Promise.resolve(new SimTarget(setup));
