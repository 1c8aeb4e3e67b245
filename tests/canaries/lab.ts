/** What the checks need of the product, in one module, so that a bundle of it with a bad core can stand in for it. */
export { ALARMS, CATHETER_OCCLUSION } from '../../src/core/alarms/table.ts';
export { createCalm, disturb, nextCalmWake, runTick } from '../../src/core/calm.ts';
export * as config from '../../src/core/config.ts';
export { computedUsedNc, createBattery } from '../../src/core/detection/battery.ts';
export { stateDigest } from '../../src/core/digest.ts';
export { createPump, queueCommand } from '../../src/core/pump.ts';
export { runEachTick } from '../../src/core/quiet-ticks.ts';
export { idle, nextWake, tick } from '../../src/core/tick.ts';
export { crc32OfWords } from '../../hal/sim/checksum.ts';
export { SimTarget } from '../../hal/sim/target.ts';
