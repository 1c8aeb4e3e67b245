/** What a trace keeps beside what happened: values of the firmware's state, and snapshots to go on from. */
import { type Block, plainOf, type Trace } from '../trace/read.ts';

/** Values of the firmware's state by their dotted path, by the tick before which they hold. */
export function keptValues({ blocks, gap }: Trace): Map<number, () => ReadonlyMap<string, number>> {
  let names = gap?.fields.split(' ') ?? [];
  const kept = new Map<number, () => ReadonlyMap<string, number>>();
  for (const block of blocks) {
    if (block.kind === 'fields') names = (plainOf(block) as string).split(' ');
    if (block.kind !== 'values') continue;
    const own = names;
    kept.set(block.firstTick, () => {
      const values = plainOf(block) as readonly number[];
      return new Map(own.map((name, i) => [name, values[i]!]));
    });
  }
  return kept;
}

/** The last snapshot from which a run can be led to `tick`, or null: from the beginning. */
export function snapshotBefore({ blocks }: Trace, tick: number): Block | null {
  return blocks.findLast((block) => block.kind === 'snapshot' && block.firstTick <= tick) ?? null;
}
