/** Numbers and outcomes as a tired person reads them. */
import type { FaultEvidence, RunResult, Verdict } from '../scenario/result.ts';
import { formatDuration } from '../scenario/time.ts';
import type { Paint } from './paint.ts';

export const NOTICE = 'Thecal is a test and teaching tool, not a medical device.';

const MARKS: Readonly<Record<Verdict, string>> = {
  passed: '✓',
  failed: '✗',
  inconclusive: '?',
  infrastructure: '!',
  error: '!',
};

export function verdictMark(verdict: Verdict): string {
  return MARKS[verdict];
}

export function verdictPaint(verdict: Verdict, paint: Paint): (text: string) => string {
  if (verdict === 'passed') return paint.green;
  return verdict === 'inconclusive' || verdict === 'infrastructure' ? paint.yellow : paint.red;
}

/** 12345 is `12,345`, on every machine. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function doseText(ug: number): string {
  const [whole, fraction] = ug.toFixed(1).split('.');
  return `${grouped(Number(whole))}${fraction === '0' ? '' : `.${fraction}`} ug`;
}

/** A simulated instant: readable, and the tick for whoever opens the trace. */
export function instantText(tick: number): string {
  return `${formatDuration(tick)} (tick ${tick})`;
}

/** A run until 4 d executes the tick at 4 d too, and is still a run of 4 d. */
export function simulatedText({ ticks }: RunResult): string {
  return formatDuration(Math.max(0, ticks - 1));
}

/** `1,200`, or `1,188 of 1,200` where some were not confirmed. */
export function strokesText(run: RunResult): string {
  const requested = run.signals['requested-strokes'] ?? null;
  const confirmed = run.signals['confirmed-strokes'] ?? null;
  if (requested === null || confirmed === null) return '-';
  return confirmed === requested ? grouped(confirmed) : `${grouped(confirmed)} of ${grouped(requested)}`;
}

/** Who noticed a fault, after how long, and what the patient lacked or had too much of meanwhile. */
export function faultText(fault: FaultEvidence): string {
  const name = fault.id === fault.kind ? fault.id : `${fault.id} (${fault.kind})`;
  if (!fault.fired) return `${name}: never fired`;
  const notice =
    fault.noticedBy === null || fault.noticedTick === null
      ? 'noticed by nothing'
      : `noticed by ${fault.noticedBy} after ${formatDuration(fault.noticedTick - fault.appliedTick)}`;
  const dose = doseMeanwhile(fault);
  return `${name}: ${notice}${dose === null ? '' : `; ${dose}`}`;
}

/** Below this the difference is not worth a word. */
const NEGLIGIBLE_UG = 0.05;

function doseMeanwhile({
  prescribedUg,
  trueDeliveredUg,
  noticedBy,
  clearedTick,
}: FaultEvidence): string | null {
  if (prescribedUg === null || trueDeliveredUg === null) return null;
  const until =
    noticedBy !== null ? 'meanwhile' : clearedTick !== null ? 'until it was cleared' : 'to the end';
  const missedUg = prescribedUg - trueDeliveredUg;
  if (Math.abs(missedUg) < NEGLIGIBLE_UG) return `dose as prescribed ${until}`;
  return `${doseText(Math.abs(missedUg))} ${missedUg > 0 ? 'missed' : 'in excess'} ${until}`;
}
