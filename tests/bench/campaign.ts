/** One process of the bench's campaign: tells its parent how many random scenarios of 30 days it ran a second. */
import { bundleLab } from '../canaries/bundle.ts';
import { campaignRuns, playCampaign } from './runs.ts';

const SEED = 1000;
const WARM_UP = 300;
const COUNT = 400;

const lab = await bundleLab(null);
await playCampaign(lab, campaignRuns(SEED, WARM_UP));
const runs = campaignRuns(SEED + 1, COUNT);
const began = process.hrtime.bigint();
await playCampaign(lab, runs);
process.send!(COUNT / (Number(process.hrtime.bigint() - began) / 1e9));
process.disconnect();
