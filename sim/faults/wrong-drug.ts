/**
 * The reservoir holds something else than its label says: another drug, water, or drug of another make (FDA-TPLC
 * chemical; wrong vials). Told by the share of baclofen in it; what else it may do to a body is not modelled. Layer:
 * reservoir, until the right drug is filled in. The firmware can't notice: it is told a name and a strength by a person.
 */
import { numberOption, remembered, type FaultSpec } from './fault.ts';

export const wrongDrug: FaultSpec = {
  kind: 'wrong-drug',
  summary:
    'what is in the reservoir holds less of the drug than its label says, or none, until the next refill',
  layer: 'reservoir',
  revealedBy: [],
  options: [
    {
      name: 'strength',
      type: 'percent',
      min: 0,
      max: 1000000,
      default: 0,
      meaning: 'what there is of the drug, of what the label says',
    },
  ],
  remember: () => ({ isOver: 0 }),
  onRefill(fault) {
    fault.memory['isOver'] = 1;
  },
  strengthPpm(ppm, fault) {
    if (remembered(fault, 'isOver') === 1) return ppm;
    return Math.floor((ppm * numberOption(fault, 'strength')) / 1000000);
  },
};
