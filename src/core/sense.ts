/** The only reader of the HAL's sensors: the readings that are due in this tick, and no other. */
import type { PumpHal } from '../../hal/hal.ts';
import { isLookDue, isRestSampleDue } from './detection/occlusion.ts';
import type { PumpState, Readings } from './state.ts';

/**
 * The motor's count on stroke, hour and second-look ticks, and in the tick of a program or refill, so that what was pushed before
 * a refill or a new concentration is booked as what it was; outlet pressure on stroke, second-look and
 * rest-sample ticks; loaded supply on stroke ticks; resting supply and temperature on hour ticks.
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
  const isMotorLook = isStrokeDue || isHour || isLook || isNewDrug;
  return {
    isStrokeDue,
    isHour,
    isLook,
    isRest,
    isMotorLook,
    isNewDrug,
    confirmedCount: isMotorLook ? hal.motor.confirmedCount() : null,
    pressurePa: isStrokeDue || isLook || isRest ? hal.outletPressure.readPa() : null,
    loadedMv: isStrokeDue ? hal.supply.readLoadedMv() : null,
    restingMv: isHour ? hal.supply.readRestingMv() : null,
    temperatureMilliC: isHour ? hal.temperature.readMilliC() : null,
  };
}
