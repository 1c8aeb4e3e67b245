/**
 * PumpState: the state of everything, one plain record of integers without a reference to the HAL, so that it can be
 * copied, digested, printed and compared field by field between a host and a board. It holds no reading that a later
 * tick would take for a new one. Types only; `pump.ts` builds it.
 */
import type { AlarmsState } from './alarms/alarms.ts';
import type { BolusState } from './bolus-state.ts';
import type { Command } from './commands.ts';
import type { BatteryState } from './detection/battery.ts';
import type { OcclusionState } from './detection/occlusion.ts';
import type { DosingState } from './dosing.ts';
import type { LedgerState } from './ledger.ts';
import type { LogState } from './log.ts';
import type { ModeState } from './mode.ts';
import type { MotorState } from './motor.ts';
import type { PrescriptionState } from './prescription.ts';
import type { TelemetryState } from './telemetry/telemetry.ts';

/** What is fixed when the pump is built and implanted. */
export interface BuildState {
  readonly strokeNl: number;
  readonly reservoirNl: number;
  /** Pump time at tick 0, hours of the week: 0 is Monday 00:00. */
  readonly startHour: number;
  /** An update session in which nobody is heard for so long is rolled back; 0: it stays open, and the pump stopped. */
  readonly sessionTimeoutTicks: number;
  /** The first tick of this pump, from which its battery and its life count. Not 0: it took the place of another one. */
  readonly implantTick: number;
}

export interface PumpState {
  /** The tick that is executed next. */
  nowTick: number;
  readonly build: BuildState;
  readonly prescription: PrescriptionState;
  readonly mode: ModeState;
  readonly dosing: DosingState;
  readonly bolus: BolusState;
  readonly motor: MotorState;
  readonly ledger: LedgerState;
  readonly battery: BatteryState;
  readonly occlusion: OcclusionState;
  readonly alarms: AlarmsState;
  readonly telemetry: TelemetryState;
  readonly log: LogState;
  /** Commands queued for the next tick. Empty after each tick, so no part of the digest. */
  readonly inbox: Command[];
}

/** The readings one tick consumed; null is a failed reading or one that this tick does not take. */
export interface Readings {
  readonly isStrokeDue: boolean;
  readonly isHour: boolean;
  readonly isLook: boolean;
  readonly isRest: boolean;
  readonly isMotorLook: boolean;
  /** A program or a refill was accepted in this tick. */
  readonly isNewDrug: boolean;
  readonly confirmedCount: number | null;
  readonly pressurePa: number | null;
  readonly loadedMv: number | null;
  readonly restingMv: number | null;
  readonly temperatureMilliC: number | null;
}
