/**
 * Battery: what was drawn, cross-checked with what is measured.
 *
 * The charge drawn is counters times costs, exact in any order. It knows nothing of a cell that ages badly, so the
 * supply is looked at too: loaded at each stroke, resting at each hour. Either road leads to the elective replacement
 * indicator (ERI), which is remembered for good; end of service (EOS) follows 90 days later or at the end of the
 * pump's life, whichever is first. One low reading proves nothing (noise, a cold cell): it takes three in a row at
 * body temperature. A supply that falls under load to where the logic would reset is its own condition, without
 * debounce but with hysteresis: at the minimum rate the load comes less often.
 */
import {
  BATTERY_CAPACITY_NC,
  BODY_MAX_MILLI_C,
  BODY_MIN_MILLI_C,
  ERI_LOADED_MV,
  ERI_PERMILLE,
  ERI_RESTING_MV,
  ERI_TO_EOS_TICKS,
  IDLE_NC_PER_SECOND,
  LIFE_TICKS,
  LOW_SUPPLY_READINGS,
  RESET_LOADED_MV,
  RESET_OVER_LOADED_MV,
  STROKE_NC,
  TELEMETRY_NC_PER_SECOND,
  TONE_NC,
} from '../config.ts';
import { NEVER, TICKS_PER_SECOND } from '../units.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT, VERDICT_SUSPECT } from './verdict.ts';

export interface BatteryState {
  tones: number;
  telemetryTicks: number;
  lowLoadedRun: number;
  lowRestingRun: number;
  isAtBodyTemperature: number;
  isUnderReset: number;
  /** Loaded readings in a row that failed. */
  failedLoadedRun: number;
  /** When the indicator came on, for good; NEVER until then. */
  eriTick: number;
}

export function createBattery(): BatteryState {
  return {
    tones: 0,
    telemetryTicks: 0,
    lowLoadedRun: 0,
    lowRestingRun: 0,
    isAtBodyTemperature: 1,
    isUnderReset: 0,
    failedLoadedRun: 0,
    eriTick: NEVER,
  };
}

/** `ageTicks` after the pump's first tick. */
export function computedUsedNc(battery: BatteryState, requestedStrokes: number, ageTicks: number): number {
  return (
    Math.floor((IDLE_NC_PER_SECOND * ageTicks) / TICKS_PER_SECOND) +
    STROKE_NC * requestedStrokes +
    TONE_NC * battery.tones +
    Math.floor((TELEMETRY_NC_PER_SECOND * battery.telemetryTicks) / TICKS_PER_SECOND)
  );
}

/** Charge drawn, in thousandths of the capacity. */
export function computedUsedPermille(
  battery: BatteryState,
  requestedStrokes: number,
  ageTicks: number,
): number {
  return Math.floor(
    computedUsedNc(battery, requestedStrokes, ageTicks) / Math.floor(BATTERY_CAPACITY_NC / 1000),
  );
}

function longerRun(run: number, mv: number | null, lowMv: number, battery: BatteryState): number {
  if (mv === null || battery.isAtBodyTemperature === 0) return run;
  return mv <= lowMv ? Math.min(run + 1, LOW_SUPPLY_READINGS) : 0;
}

/** At a stroke. */
export function stepLoadedSupply(battery: BatteryState, loadedMv: number | null): void {
  if (loadedMv === null) {
    // Without evidence the minimum rate is not kept up: a failed sensor must not become withdrawal.
    battery.failedLoadedRun = Math.min(battery.failedLoadedRun + 1, LOW_SUPPLY_READINGS);
    if (battery.failedLoadedRun >= LOW_SUPPLY_READINGS) battery.isUnderReset = 0;
    return;
  }
  battery.failedLoadedRun = 0;
  battery.lowLoadedRun = longerRun(battery.lowLoadedRun, loadedMv, ERI_LOADED_MV, battery);
  if (loadedMv <= RESET_LOADED_MV) battery.isUnderReset = 1;
  else if (loadedMv > RESET_OVER_LOADED_MV) battery.isUnderReset = 0;
}

/** The hourly duty. A failed temperature reading leaves the last verdict on temperature standing. */
export function stepBatteryAccounting(
  battery: BatteryState,
  restingMv: number | null,
  temperatureMilliC: number | null,
): void {
  if (temperatureMilliC !== null) {
    const isBody = temperatureMilliC >= BODY_MIN_MILLI_C && temperatureMilliC <= BODY_MAX_MILLI_C;
    battery.isAtBodyTemperature = isBody ? 1 : 0;
  }
  battery.lowRestingRun = longerRun(battery.lowRestingRun, restingMv, ERI_RESTING_MV, battery);
}

/** Bring the indicator up to date; it never goes out again. The charge is judged at hours only: a wake in any mode. */
export function stepReplacementIndicator(
  battery: BatteryState,
  requestedStrokes: number,
  isHour: boolean,
  implantTick: number,
  nowTick: number,
): void {
  if (battery.eriTick !== NEVER) return;
  const isSpent =
    isHour && computedUsedPermille(battery, requestedStrokes, nowTick - implantTick) >= ERI_PERMILLE;
  const isLow = battery.lowLoadedRun >= LOW_SUPPLY_READINGS || battery.lowRestingRun >= LOW_SUPPLY_READINGS;
  if (isSpent || isLow) battery.eriTick = nowTick;
}

export function judgeReplacement(pump: { readonly battery: BatteryState }): number {
  const battery = pump.battery;
  if (battery.eriTick !== NEVER) return VERDICT_PRESENT;
  return battery.lowLoadedRun + battery.lowRestingRun > 0 ? VERDICT_SUSPECT : VERDICT_CLEAR;
}

/** The tick at which service ends. */
export function endOfServiceTick(battery: BatteryState, implantTick: number): number {
  const lifeEndTick = implantTick + LIFE_TICKS;
  return battery.eriTick === NEVER ? lifeEndTick : Math.min(lifeEndTick, battery.eriTick + ERI_TO_EOS_TICKS);
}

export function judgeEndOfService(pump: {
  readonly battery: BatteryState;
  readonly build: { readonly implantTick: number };
  readonly nowTick: number;
}): number {
  return pump.nowTick >= endOfServiceTick(pump.battery, pump.build.implantTick)
    ? VERDICT_PRESENT
    : VERDICT_CLEAR;
}

export function judgeLowBatteryReset(pump: { readonly battery: BatteryState }): number {
  return pump.battery.isUnderReset === 1 ? VERDICT_PRESENT : VERDICT_CLEAR;
}
