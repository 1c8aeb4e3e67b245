/**
 * HOST: pins for a build of the interpreter on a computer, which has none: functions under the names of its own, typed
 * at its prompt. A motor that always turns, a catheter that is open, a new cell.
 */
import {
  ADC_FULL,
  pinMapOf,
  PRESSURE_ZERO_RAW,
  REFERENCE_MV,
  STEPS_PER_STROKE,
  SUPPLY_DIVIDER,
} from './board.ts';

const NEW_CELL_MV = 3000;
const pressureShare = PRESSURE_ZERO_RAW / ADC_FULL;
const supplyShare = NEW_CELL_MV / SUPPLY_DIVIDER / REFERENCE_MV;

/** Lines for the prompt. */
export function scriptedPins(): readonly string[] {
  const map = pinMapOf('LINUX');
  if (map === null) return [];
  return [
    'var steps=0,pulse=function(){}',
    'function setWatch(f){pulse=f}',
    'function analogWrite(){}',
    `function digitalWrite(p,v){if(!p.length)return;if(v)steps++;else{if(steps>=${STEPS_PER_STROKE})pulse();steps=0}}`,
    `function analogRead(p){return p==${map.pressure}?${pressureShare}:p==${map.supply}?${supplyShare}:NaN}`,
  ];
}
