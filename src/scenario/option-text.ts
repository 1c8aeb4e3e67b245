/** An option of a fault as a scenario would write it. */
import type { OptionSpec } from '../../sim/faults/fault.ts';
import { formatQuantity, KINDS } from './quantity.ts';
import { formatDuration } from './time.ts';

const KIND_OF_TYPE = {
  percent: KINDS.percent,
  pressure: KINDS.pressure,
  voltage: KINDS.voltage,
  temperature: KINDS.temperature,
  'volume-rate': KINDS.volumeRate,
} as const;

/** `value` is in the integer unit of the type. */
export function optionText(type: OptionSpec['type'], value: number | string): string {
  if (typeof value === 'string' || type === 'count' || type === 'choice') return String(value);
  return type === 'duration' ? formatDuration(value) : formatQuantity(value, KIND_OF_TYPE[type]);
}
