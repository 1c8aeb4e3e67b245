/**
 * A converter or its sensor delivers one value whatever happens. Layer: sensor. `hold` is the value that the clean
 * sensor had at the tick the fault was applied; not that of the first reading after it, since a value must not
 * depend on who looks when. A stuck supply reads the same at rest and under load: it is one converter.
 * The firmware can notice a supply stuck low by the alarms of an old battery. A stuck outlet pressure is silent and
 * blinds it to occlusions: no stroke leaves a rise behind any more.
 */
import { remembered, SENSORS, type FaultSpec, type Sensor } from './fault.ts';

/** Full scale of each converter (estimates). */
const HIGH: Readonly<Record<Sensor, number>> = {
  'outlet-pressure': 200000,
  supply: 5000,
  temperature: 100000,
};

export const sensorStuck: FaultSpec = {
  kind: 'sensor-stuck',
  summary: 'a sensor reads one value whatever happens',
  layer: 'sensor',
  revealedBy: ['elective-replacement', 'end-of-service', 'low-battery-reset'],
  options: [
    { name: 'sensor', type: 'choice', choices: SENSORS, default: 'outlet-pressure', meaning: 'which sensor' },
    {
      name: 'stuck-at',
      type: 'choice',
      choices: ['hold', 'zero', 'high'],
      default: 'hold',
      meaning: 'the value at which it got stuck: its last one, nothing, or full scale',
    },
  ],
  remember(options, onset) {
    const sensor = options['sensor'] as Sensor;
    if (options['stuck-at'] === 'zero') return { stuckAt: 0 };
    return { stuckAt: options['stuck-at'] === 'high' ? HIGH[sensor] : onset.cleanReading(sensor) };
  },
  reading: (_value, fault) => remembered(fault, 'stuckAt'),
};
