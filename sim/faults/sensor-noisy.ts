/**
 * A loose contact or a coupled-in disturbance makes a reading jump. Layer: sensor. The jump is a hash of the tick,
 * triangular and never beyond the amplitude, so a run is the same however often somebody looks.
 * The firmware can't tell it from the truth in one reading; it may take a jump for trapped fluid or a weak battery,
 * or miss one behind it. Detectors that ask for several strokes in a row are made for this.
 */
import { hash, triangular } from '../prng.ts';
import { numberOption, remembered, SENSORS, type FaultSpec } from './fault.ts';

export const sensorNoisy: FaultSpec = {
  kind: 'sensor-noisy',
  summary: 'a sensor reads the truth with large random jumps',
  layer: 'sensor',
  revealedBy: ['catheter-occlusion', 'elective-replacement', 'end-of-service', 'low-battery-reset'],
  options: [
    { name: 'sensor', type: 'choice', choices: SENSORS, default: 'outlet-pressure', meaning: 'which sensor' },
    {
      name: 'amplitude',
      type: 'count',
      min: 0,
      max: 1000000,
      default: 2000,
      meaning: "largest jump in the sensor's own unit: Pa, mV or thousandths of a degree",
    },
  ],
  remember: (_options, onset) => ({ stream: onset.stream }),
  reading(value, fault, tick, sample) {
    if (value === null) return null;
    return (
      value + triangular(numberOption(fault, 'amplitude'), hash(remembered(fault, 'stream'), sample, tick))
    );
  },
};
