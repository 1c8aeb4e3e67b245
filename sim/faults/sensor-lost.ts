/**
 * A broken wire or a dead converter: no reading at all. Layer: sensor. Unlike a stuck sensor this one is honest;
 * the firmware sees that the reading failed, and must neither invent one nor take its absence for good news.
 * Without outlet pressure an occlusion goes unnoticed, as in the real device, which never had that sensor.
 */
import { SENSORS, type FaultSpec } from './fault.ts';

export const sensorLost: FaultSpec = {
  kind: 'sensor-lost',
  summary: 'a sensor gives no reading',
  layer: 'sensor',
  revealedBy: [],
  options: [
    { name: 'sensor', type: 'choice', choices: SENSORS, default: 'outlet-pressure', meaning: 'which sensor' },
  ],
  reading: () => null,
};
