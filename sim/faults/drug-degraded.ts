/**
 * The drug in the reservoir loses its strength while it stands: too old, stored too warm, or not stable in this pump. A
 * report of an approval has six months of stability (SCI-2003). Layer: reservoir, until fresh drug is filled in. The
 * firmware can't notice: it counts strokes, and nothing in it tastes the drug. How fast it goes is an estimate.
 */
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const drugDegraded: FaultSpec = {
  kind: 'drug-degraded',
  summary: 'the drug in the reservoir loses its strength evenly, until fresh drug is filled in',
  layer: 'reservoir',
  revealedBy: [],
  options: [
    {
      name: 'lost',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 300000,
      meaning: 'of its strength, in the end',
    },
    {
      name: 'within',
      type: 'duration',
      min: 1,
      default: 15552000,
      meaning: 'in how long; from then on it stays as weak',
    },
  ],
  remember: () => ({ isOver: 0 }),
  onRefill(fault) {
    fault.memory['isOver'] = 1;
  },
  strengthPpm(ppm, fault, tick) {
    if (remembered(fault, 'isOver') === 1) return ppm;
    const withinTicks = numberOption(fault, 'within');
    const ticks = Math.min(tick - fault.appliedTick, withinTicks);
    const lostPpm = Math.floor((numberOption(fault, 'lost') * ticks) / withinTicks);
    return Math.floor((ppm * (1000000 - lostPpm)) / 1000000);
  },
};
