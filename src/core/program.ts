/** A prescription is programmed: judged, put in force, and the dosing told of its concentration. */
import type { PumpHal } from '../../hal/hal.ts';
import { bridgeLeftNl, bridgeNumerator, deliveredUgPerMl, endBolus, putBridge, takeBridge } from './bolus.ts';
import { prescribedDenominator } from './check-prescription.ts';
import {
  ACCEPTED,
  BOLUS_TOO_FAST,
  BRIDGE_UNSAID,
  NEEDS_CONFIRMATION,
  PRESCRIPTION_OUT_OF_RANGE,
  VOLUME_OUT_OF_RANGE,
} from './commands.ts';
import { dropOwed, rescaleOwed } from './dosing.ts';
import { BOLUS_SHORTEST, SOFT_LIMIT } from './events.ts';
import { say } from './log.ts';
import { concentrationUgPerMl, writePrescription } from './prescription.ts';
import { judgeWords, shortestTicks } from './periodic.ts';
import {
  BOLUS_DOSE_WORD,
  BRIDGE_WORD,
  CONCENTRATION_WORD,
  highestNumerator,
  LOW_RESERVOIR_WORD,
  meanNumerator,
  strokeDenominator,
  weekNumerator,
} from './prescription-words.ts';
import type { PumpState } from './state.ts';
import { forgetBase, judgeTitration, putBase, RULES_SPAN } from './titration.ts';

/** Of the periodic boluses that the words ask for. */
export function shortestPeriodicTicks(pump: PumpState, words: Int32Array): number {
  return shortestTicks(words, words[BOLUS_DOSE_WORD]!, highestNumerator(words), pump.build.strokeNl);
}

/** A program of the drug to which a bridge leads already, that says nothing of the line. */
function isBridgeUnderWay(pump: PumpState, words: Int32Array): boolean {
  return (
    pump.bolus.bridgeUgPerMl > 0 &&
    words[BRIDGE_WORD] === 0 &&
    words[CONCENTRATION_WORD] === pump.prescription.words[CONCENTRATION_WORD]
  );
}

/**
 * The outcome code. `isConfirmed` is of whoever orders with the soft limits in view, and says that he takes them. Whoever
 * calls this from a tick has verified the words in force, and lets the tick know of a new drug (`Orders` in
 * `apply-commands.ts`).
 */
export function programWords(pump: PumpState, words: Int32Array, isConfirmed: boolean, hal: PumpHal): number {
  const outcome = judgeWords(words, pump.build.strokeNl);
  if (outcome === BOLUS_TOO_FAST)
    say(pump.log, hal, pump.nowTick, BOLUS_SHORTEST, shortestPeriodicTicks(pump, words));
  if (outcome !== ACCEPTED) return outcome;
  if (words[LOW_RESERVOIR_WORD]! > pump.build.reservoirNl) return VOLUME_OUT_OF_RANGE;
  const prescription = pump.prescription;
  const wasReadable = prescription.isReadable === 1;
  const oldUgPerMl = deliveredUgPerMl(pump);
  const isUnderWay = pump.bolus.bridgeUgPerMl > 0;
  const isNewDrug = wasReadable && (isUnderWay || words[CONCENTRATION_WORD] !== oldUgPerMl);
  const isGoingOn = isNewDrug && isBridgeUnderWay(pump, words);
  // Amid a bridge the line holds both drugs: at the flow of the stronger one neither is too much.
  const isMixed = isUnderWay && !isGoingOn;
  const lineUgPerMl = isMixed ? Math.max(oldUgPerMl, concentrationUgPerMl(prescription)) : oldUgPerMl;
  const bridgeNl = isGoingOn ? bridgeLeftNl(pump) : words[BRIDGE_WORD]!;
  // Whoever changes the drug has to say what becomes of the old one in the line.
  if (isNewDrug && bridgeNl === 0) return BRIDGE_UNSAID;
  const isBridged = isNewDrug && bridgeNl > 0;
  const oldNumerator = isGoingOn
    ? bridgeNumerator(words, lineUgPerMl)
    : isBridged
      ? meanNumerator(prescription.words)
      : 0;
  // At minimum rate or stopped there is no old dose to keep, and the line would hardly ever be empty.
  if (isBridged && oldNumerator === 0) return PRESCRIPTION_OUT_OF_RANGE;
  if (wasReadable) {
    const met = judgeTitration(prescription.words, words, pump.nowTick);
    if (met.rules !== 0)
      say(pump.log, hal, pump.nowTick, SOFT_LIMIT, met.changePermille * RULES_SPAN + met.rules);
    if (met.rules !== 0 && !isConfirmed) return NEEDS_CONFIRMATION;
    if (weekNumerator(words) !== weekNumerator(prescription.words))
      putBase(prescription.words, met.base, pump.nowTick);
  } else forgetBase(prescription.words);
  // It was ordered on top of the therapy that ends here.
  endBolus(pump, hal);
  putBridge(pump, isBridged ? lineUgPerMl : 0, oldNumerator, bridgeNl);
  // What a restart without books has to begin anew. Not before: a session that is asked keeps what was written in it.
  words[BRIDGE_WORD] = bridgeNl;
  writePrescription(prescription, words, hal);
  takeBridge(pump, hal);
  if (isBridged) {
    if (lineUgPerMl !== oldUgPerMl)
      rescaleOwed(
        pump.dosing,
        oldUgPerMl,
        lineUgPerMl,
        strokeDenominator(lineUgPerMl, pump.build.strokeNl),
        pump.nowTick,
      );
    return ACCEPTED;
  }
  const denominator = prescribedDenominator(pump);
  const newUgPerMl = concentrationUgPerMl(prescription);
  if (wasReadable) rescaleOwed(pump.dosing, oldUgPerMl, newUgPerMl, denominator, pump.nowTick);
  else dropOwed(pump.dosing, denominator, pump.nowTick);
  return ACCEPTED;
}
