/**
 * A strong magnet opens both valves of a valve-accumulator, and the pressurised reservoir empties through the catheter
 * (PROM-IFU p8: of the first model; to be emptied before a scan). The later model has a safety valve that shuts after
 * 10 uL at most, and stays shut until it is reset by hand (PROM-IFU p14): clear the fault for that. Layer: mechanism. A
 * roller pump has no such valves and takes no harm. The firmware can't notice: no stroke is missing, and a steady flow
 * through a clear catheter leaves no pressure behind. How fast it flows is derived: 30 kPa of gas pressure, an estimate,
 * over 3.6e11 Pa.s/m3, the catheter's resistance a metre, are 83 uL a second, 300 mL an hour.
 */
import type { FaultSpec } from './fault.ts';

const SAFETY_VALVE_PL = 10000000;

export const valveOpen: FaultSpec = {
  kind: 'valve-open',
  summary: 'both valves of a valve-accumulator stand open, and the reservoir runs out through the catheter',
  layer: 'mechanism',
  revealedBy: [],
  options: [
    {
      name: 'safety-valve',
      type: 'choice',
      choices: ['no', 'yes'],
      default: 'no',
      meaning: 'whether a safety valve shuts after 10 uL, and stays shut while the fault lasts',
    },
    {
      name: 'flow',
      type: 'volume-rate',
      min: 0,
      max: 1000000000,
      default: 300000000,
      meaning: 'flow through open valves and a clear catheter',
    },
  ],
  freeFlow(options, onset) {
    if (onset.mechanism !== 'valve-accumulator') return { plPerHour: 0, limitPl: 0 };
    const hasSafetyValve = options['safety-valve'] === 'yes';
    return {
      plPerHour: Number(options['flow']) * 1000,
      limitPl: hasSafetyValve ? SAFETY_VALVE_PL : Number.MAX_SAFE_INTEGER,
    };
  },
  strokePl(pl, fault) {
    const { flow } = fault;
    return flow !== null && flow.limitPl > 0 && flow.movedPl >= flow.limitPl ? 0 : pl;
  },
};
