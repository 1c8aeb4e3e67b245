/**
 * Ions and moisture that came through the tubing bridge the contacts of the motor (TGA-0636; MDT-PERF: 14 % of the
 * returned stalled pumps): short stalls again and again, and a current that flows all the time, so a low-battery reset
 * and an early end of the battery. Layer: battery. One stall falls in each period, at a random place in it; its figures
 * and the current are estimates. The firmware can notice the stalls, and the current by what the cell has left.
 */
import { below, hash } from '../prng.ts';
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const feedthroughShort: FaultSpec = {
  kind: 'feedthrough-short',
  summary: 'the motor stalls for a while again and again, and a current drains the battery',
  layer: 'battery',
  revealedBy: ['motor-stall', 'low-battery-reset', 'elective-replacement', 'end-of-service'],
  options: [
    { name: 'stall', type: 'duration', min: 0, default: 1200, meaning: 'how long each stall lasts' },
    {
      name: 'period',
      type: 'duration',
      min: 1,
      default: 43200,
      meaning: 'time in which one stall falls, at a random place',
    },
    {
      name: 'drain',
      type: 'count',
      min: 0,
      max: 10000,
      default: 50,
      meaning: 'current through the short, uA; the pump at rest draws 9',
    },
  ],
  remember: (_options, onset) => ({ stream: onset.stream }),
  turns(turns, fault, tick) {
    const stallTicks = numberOption(fault, 'stall');
    const periodTicks = numberOption(fault, 'period');
    if (stallTicks >= periodTicks) return false;
    const since = tick - fault.appliedTick;
    const period = Math.floor(since / periodTicks);
    const stallsAt = below(periodTicks - stallTicks + 1, hash(remembered(fault, 'stream'), 0, period));
    const within = since - period * periodTicks;
    return turns && (within < stallsAt || within >= stallsAt + stallTicks);
  },
  drainUa: (uA, fault) => uA + numberOption(fault, 'drain'),
};
