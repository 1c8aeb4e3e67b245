/** What a pump was told, in a person's words: doses and volumes as they were ordered. */
import type { ClinicalOrder, Prescription, Stimulus } from '../../hal/target.ts';
import { prescriptionWords } from '../../hal/prescription-words.ts';
import { ALARMS } from '../core/alarms/table.ts';
import { meanNumerator, NO_BRIDGE } from '../core/prescription-words.ts';
import { formatDuration } from '../scenario/time.ts';
import { doseText, grouped } from './words.ts';

const PG_PER_UG = 1_000_000;
const NL_PER_ML = 1_000_000;
const NL_PER_UL = 1000;

/** `order` is what is known of it: the order itself, or the session in which it came; null, nothing. */
export function orderText(name: string, order: Stimulus | null): string {
  if (order?.kind === 'session') {
    return name === 'program' && order.program !== null ? commandText(order.program) : name;
  }
  return order?.kind === 'command' ? commandText(order.command) : name;
}

function commandText(order: ClinicalOrder): string {
  switch (order.kind) {
    case 'program':
      return `program ${prescriptionText(order)}`;
    case 'low-reservoir':
      return `low-reservoir at ${order.thresholdNl / NL_PER_ML} mL`;
    case 'acknowledge':
    case 'silence':
      return `${order.kind} ${ALARMS[order.alarm]?.name ?? `alarm ${order.alarm}`}`;
    case 'bolus':
      return `bolus of ${doseText(order.doseTenthUg / 10)} over ${formatDuration(order.ticks)}`;
    case 'prime':
      return `prime ${order.volumeNl / NL_PER_UL} uL`;
    default:
      return order.kind;
  }
}

function prescriptionText(prescription: Prescription): string {
  const { therapy, concentrationUgPerMl, bridgeNl = 0 } = prescription;
  if (therapy.mode === 'stopped') return 'no delivery';
  const drug = `of ${grouped(concentrationUgPerMl)} ug/mL`;
  if (therapy.mode === 'minimum') return `the minimum rate ${drug}`;
  const daily = `${doseText(meanNumerator(prescriptionWords(prescription)) / PG_PER_UG)}/day`;
  const shape = { continuous: '', flex: ', by the hour', periodic: ', boluses in it' }[therapy.mode];
  const bridge =
    bridgeNl === NO_BRIDGE
      ? ', without a bridge'
      : bridgeNl > 0
        ? `, ${bridgeNl / NL_PER_UL} uL bridged`
        : '';
  return `${daily} ${drug}${shape}${bridge}`;
}

/** The volume that the pump was told, and the drug where it was filled with another: of that it was told nothing. */
export function fillText(volumeNl: number, refill: Stimulus | null): string {
  const volume = `${volumeNl / NL_PER_ML} mL`;
  return refill?.kind === 'refill' && refill.concentrationUgPerMl !== undefined
    ? `${volume}, filled with ${grouped(refill.concentrationUgPerMl)} ug/mL`
    : volume;
}
