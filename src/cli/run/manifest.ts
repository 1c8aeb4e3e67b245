/** What made a result, for whoever reads it later. */
import { NOTICE } from '../../report/words.ts';
import type { Manifest } from '../../scenario/result.ts';
import { coreHash, hostTools, productVersion } from '../build-info.ts';

/** What a manifest says of this run; the rest is the program's own. */
export type HowMade = Pick<Manifest, 'seed' | 'target' | 'board' | 'stepping'>;

export async function manifestOf(how: HowMade): Promise<Manifest> {
  return {
    product: 'thecal',
    productVersion: productVersion(),
    coreHash: await coreHash(),
    ...how,
    engine: hostTools(),
    notice: NOTICE,
  };
}
