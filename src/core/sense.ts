/** The only reader of the HAL's sensors: the readings that are due in this tick, and no other. */
import type { PumpHal } from '../../hal/hal.ts';
import { isLookDue, isRestSampleDue } from './detection/occlusion.ts';
import type { PumpState, Readings } from './state.ts';

/** One record for all ticks, written whole in each: a new one would cost the board more than the readings themselves. */
const readings: { -readonly [K in keyof Readings]: Readings[K] } = {
  isStrokeDue: false,
  isHour: false,
  isLook: false,
  isRest: false,
  isMotorLook: false,
  isNewDrug: false,
  confirmedCount: null,
  pressurePa: null,
  loadedMv: null,
  restingMv: null,
  temperatureMilliC: null,
};

/**
 * The motor's count on stroke, hour, second-look and rest-sample ticks, and in the tick of a program or refill, so that
 * what was pushed before a refill or a new concentration is booked as what it was; outlet pressure on stroke, second-look
 * and rest-sample ticks; loaded supply on stroke ticks; resting supply and temperature on hour ticks.
 */
export function sense(
  pump: PumpState,
  hal: PumpHal,
  isStrokeDue: boolean,
  isHour: boolean,
  isNewDrug: boolean,
): Readings {
  const isLook = isLookDue(pump.occlusion, isStrokeDue, pump.nowTick);
  const isRest = isRestSampleDue(pump.occlusion, pump.nowTick);
  const isMotorLook = isStrokeDue || isHour || isLook || isRest || isNewDrug;
  readings.isStrokeDue = isStrokeDue;
  readings.isHour = isHour;
  readings.isLook = isLook;
  readings.isRest = isRest;
  readings.isMotorLook = isMotorLook;
  readings.isNewDrug = isNewDrug;
  readings.confirmedCount = isMotorLook ? hal.motor.confirmedCount() : null;
  readings.pressurePa = isStrokeDue || isLook || isRest ? hal.outletPressure.readPa() : null;
  readings.loadedMv = isStrokeDue ? hal.supply.readLoadedMv() : null;
  readings.restingMv = isHour ? hal.supply.readRestingMv() : null;
  readings.temperatureMilliC = isHour ? hal.temperature.readMilliC() : null;
  return readings;
}

/**
 * The same record of a stroke whose readings were taken one by one: a calm, which rarely needs the record, takes them so
 * and is spared to write it at each stroke.
 */
export function readingsOfStroke(
  confirmedCount: number | null,
  pressurePa: number | null,
  loadedMv: number | null,
  isLook: boolean,
): Readings {
  readings.isStrokeDue = true;
  readings.isHour = false;
  readings.isLook = isLook;
  readings.isRest = false;
  readings.isMotorLook = true;
  readings.isNewDrug = false;
  readings.confirmedCount = confirmedCount;
  readings.pressurePa = pressurePa;
  readings.loadedMv = loadedMv;
  readings.restingMv = null;
  readings.temperatureMilliC = null;
  return readings;
}
