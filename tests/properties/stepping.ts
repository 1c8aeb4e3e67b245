import type { SimTarget } from '../../hal/sim/target.ts';

/** How a run is stepped. Whole ticks are the reference: in each of them the firmware asks everything anew. */
export type Stepping = 'jumps' | 'ticks' | 'whole ticks';

/** What has to be done after each tick of such a run, whose target was told whether to go tick by tick. */
export function afterTickOf(target: SimTarget, stepping: Stepping): () => void {
  return stepping === 'whole ticks' ? () => target.disturb() : () => {};
}
