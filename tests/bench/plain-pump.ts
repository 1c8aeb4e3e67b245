/**
 * The firmware over the plainest mechanism there is: it turns at each stroke, and every reading is what it always was.
 * No world, no body, no oracle: what this costs is the firmware's own.
 */
import type { Checksum, PumpHal } from '../../hal/hal.ts';
import { prescriptionWords } from '../../hal/prescription-words.ts';
import { storeWords } from '../../src/core/store.ts';
import type { Therapy } from '../../src/core/therapy.ts';
import type { Lab } from '../canaries/checks.ts';

export const PLAIN = {
  strokeNl: 500,
  fillNl: 20_000_000,
  lowReservoirNl: 2_000_000,
  concentrationUgPerMl: 500,
  pressurePa: 1000,
  restingMv: 2900,
  loadedMv: 2840,
  temperatureMilliC: 37_000,
};

export interface PlainRun {
  readonly executed: number;
  readonly events: number;
  /** The rolling digest of events. */
  readonly rolling: string;
}

const LOG_ENTRIES = 64;
const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function plainHal(crc32OfWords: Checksum['crc32']): { hal: PumpHal; turn: () => void } {
  const stored = new Int32Array(storeWords(LOG_ENTRIES));
  let count = 0;
  let isCommanded = false;
  const hal: PumpHal = {
    motor: {
      stroke: () => {
        isCommanded = true;
      },
      confirmedCount: () => count,
    },
    outletPressure: { readPa: () => PLAIN.pressurePa },
    supply: { readRestingMv: () => PLAIN.restingMv, readLoadedMv: () => PLAIN.loadedMv },
    temperature: { readMilliC: () => PLAIN.temperatureMilliC },
    annunciator: { play: () => {} },
    watchdog: { kick: () => {} },
    store: {
      words: stored.length,
      write: (address, words) => stored.set(words, address),
      read: (address, into) => {
        into.set(stored.subarray(address, address + into.length));
        return true;
      },
    },
    telemetry: { event: () => {}, stateDigest: () => {}, reply: () => {} },
    checksum: { crc32: crc32OfWords },
  };
  const turn = (): void => {
    if (isCommanded) count += 1;
    isCommanded = false;
  };
  return { hal, turn };
}

/** Ticks 0 to `ticks` - 1, each of them or from wake to wake. The laboratory is handed in: what is measured is a bundle. */
export function runPlain(
  lab: Lab,
  therapy: Therapy,
  ticks: number,
  isTickByTick: boolean,
  refillEveryTicks = Infinity,
): PlainRun {
  const { hal, turn } = plainHal(lab.crc32OfWords);
  const { strokeNl, fillNl, lowReservoirNl, concentrationUgPerMl } = PLAIN;
  const pump = lab.createPump(
    {
      strokeNl,
      reservoirNl: 40_000_000,
      startHour: 0,
      sessionTimeoutTicks: 0,
      implantTick: 0,
      fillNl,
      words: prescriptionWords({ lowReservoirNl, concentrationUgPerMl, therapy }),
    },
    hal,
  );
  let executed = 0;
  const { idle, nextCalmWake, runEachTick, runTick } = lab;
  const calm = lab.createCalm();
  let refillTick = refillEveryTicks;
  while (pump.nowTick < ticks) {
    if (pump.nowTick >= refillTick) {
      pump.inbox.push({ kind: 'refill', volumeNl: fillNl });
      refillTick += refillEveryTicks;
    }
    if (isTickByTick) runEachTick(pump, calm, hal);
    else {
      const next = Math.min(nextCalmWake(pump, calm), ticks - 1);
      if (next > pump.nowTick) idle(pump, next - pump.nowTick);
      runTick(pump, calm, hal);
    }
    turn();
    executed += 1;
  }
  return { executed, events: pump.log.events, rolling: hex(pump.log.laneA) + hex(pump.log.laneB) };
}
