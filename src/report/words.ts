/** Numbers and outcomes as a tired person reads them. */
import type { Judgement } from '../scenario/expect.ts';
import type { DoseFailure, FaultEvidence, RefillEvidence, RunResult, Verdict } from '../scenario/result.ts';
import { formatDuration, formatInstant } from '../scenario/time.ts';
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

/** A run until 4 d executes the tick at 4 d too, and is still a run of 4 d. */
export function simulatedText({ ticks }: RunResult): string {
  return formatDuration(Math.max(0, ticks - 1));
}

/** `1,200`, or `1,188 of 1,200` where some were not confirmed; of several pumps what was commanded of all of them. */
export function strokesText(run: RunResult): string {
  return run.strokesOfAllPumps === undefined ? lastPumpsStrokesText(run) : grouped(run.strokesOfAllPumps);
}

/** Each pump counts its own. */
export function lastPumpsStrokesText(run: RunResult): string {
  const requested = run.signals['requested-strokes'] ?? null;
  const confirmed = run.signals['confirmed-strokes'] ?? null;
  if (requested === null || confirmed === null) return '-';
  return confirmed === requested ? grouped(confirmed) : `${grouped(confirmed)} of ${grouped(requested)}`;
}

/** Says what `x of y` is where some row has it. */
export function strokesTitle(runs: readonly RunResult[]): string {
  return runs.some((run) => strokesText(run).includes(' of ')) ? 'strokes confirmed' : 'strokes';
}

/** First tick without the fault; null: it is on to the end of the run. */
export function endTick({ clearedTick, passedTick }: FaultEvidence): number | null {
  if (clearedTick === null || passedTick === null) return clearedTick ?? passedTick;
  return Math.min(clearedTick, passedTick);
}

function outcomeText(fault: FaultEvidence): string {
  if (fault.strikes === null) return 'no line on this target: nothing to disturb';
  if (!fault.fired) return 'never fired';
  // The pump has no part in it: there was nothing to notice, and a dose that is wrong has another cause.
  if (fault.strikes !== undefined) return strikesText(fault.strikes, fault.firedTick);
  const dose = doseUntilThen(fault);
  return `${noticeText(fault)}${dose === null ? '' : `; ${dose}`}`;
}

/** Who noticed a fault, after how long, and what the patient lacked or had too much of until then. */
export function faultText(fault: FaultEvidence): string {
  const { id, kind } = fault;
  return `${id === kind ? id : `${id} (${kind})`}: ${outcomeText(fault)}`;
}

/** Faults one after the other that `every` made of one entry and of which the same came; of others there is one. */
export interface AlikeFaults {
  readonly first: FaultEvidence;
  readonly last: FaultEvidence;
}

/** The id of an entry, without the number that `every` gives to what it makes of it. */
export function entryOf({ id }: FaultEvidence): string {
  return id.replace(/[.]\d+$/, '');
}

export function alikeFaults(faults: readonly FaultEvidence[]): AlikeFaults[] {
  const alike: AlikeFaults[] = [];
  for (const fault of faults) {
    const before = alike.at(-1);
    const isAlike =
      before !== undefined &&
      entryOf(before.last) === entryOf(fault) &&
      outcomeText(before.last) === outcomeText(fault);
    if (isAlike) alike[alike.length - 1] = { first: before.first, last: fault };
    else alike.push({ first: fault, last: fault });
  }
  return alike;
}

export function idsText({ first, last }: AlikeFaults): string {
  return first === last ? first.id : `${first.id} to ${last.id}`;
}

export function alikeText(faults: AlikeFaults): string {
  const { first, last } = faults;
  return first === last
    ? faultText(first)
    : `${idsText(faults)} (${first.kind}), each: ${outcomeText(first)}`;
}

export function noticeText({ noticedBy, noticedTick, appliedTick }: FaultEvidence): string {
  return noticedBy === null || noticedTick === null
    ? 'noticed by nothing'
    : `noticed by ${noticedBy} after ${formatDuration(noticedTick - appliedTick)}`;
}

function strikesText(strikes: number, firedTick: number | null): string {
  const times = strikes === 1 ? 'once' : `${grouped(strikes)} times, first`;
  return `struck the line ${times}${firedTick === null ? '' : ` at ${formatInstant(firedTick)}`}`;
}

/** Below this, or below a thousandth of what was prescribed, a difference is a stroke under way and not worth a word. */
const NEGLIGIBLE_UG = 0.05;

function doseUntilThen({
  prescribedUg,
  trueDeliveredUg,
  trueIntrathecalUg,
  noticedBy,
  clearedTick,
}: FaultEvidence): string | null {
  if (prescribedUg === null || trueDeliveredUg === null) return null;
  const until =
    noticedBy !== null ? 'until noticed' : clearedTick !== null ? 'until it was cleared' : 'to the end';
  const negligibleUg = Math.max(NEGLIGIBLE_UG, prescribedUg / 1000);
  const missedUg = prescribedUg - (trueIntrathecalUg ?? trueDeliveredUg);
  if (Math.abs(missedUg) < negligibleUg) return `dose as prescribed ${until}`;
  const text = `${doseText(Math.abs(missedUg))} ${missedUg > 0 ? 'missed' : 'in excess'} ${until}`;
  const besideUg = trueDeliveredUg - (trueIntrathecalUg ?? trueDeliveredUg);
  if (besideUg < negligibleUg) return text;
  const part = missedUg - besideUg < negligibleUg ? 'all' : doseText(besideUg);
  return `${text}, ${part} of it past the tip and beside the spinal fluid`;
}

/** A refill that somebody would have to think about; null for one as it should be. */
export function refillText(refill: RefillEvidence): string | null {
  const remark = refillRemark(refill);
  return remark === null ? null : `refill at ${formatInstant(refill.tick)}: ${remark}`;
}

export function refillRemark(refill: RefillEvidence): string | null {
  const { performed, computedUl, withdrawnUl, injectedUl, isToInvestigate } = refill;
  if (!performed) return 'not performed';
  if (!isToInvestigate) return null;
  const ml = (ul: number): string => `${(ul / 1000).toFixed(1)} mL`;
  return `${ml(withdrawnUl)} withdrawn, ${ml(computedUl)} computed, to be investigated; ${ml(injectedUl)} programmed`;
}

const DOSE_VERDICTS: Readonly<Record<DoseFailure['verdict'], string>> = {
  failed: 'not in allow',
  allowed: 'allowed',
};

export function doseFailureText({ kind, tick, verdict }: DoseFailure): string {
  return `dose oracle: ${kind} from ${formatDuration(tick)} (${DOSE_VERDICTS[verdict]})`;
}

/**
 * What did not pass, as it came about. A fault that never took effect stands where it was to begin, before whatever else
 * that tick brought: the rest may follow from it. What nothing decided comes last.
 */
export function toldInTime({ expectations, faults }: RunResult): Judgement[] {
  const unfired = new Map(
    faults.filter(({ fired }) => !fired).map(({ id, appliedTick }) => [`${id}.fired`, appliedTick - 1]),
  );
  const time = ({ id, tick }: Judgement): number => unfired.get(id) ?? tick ?? Number.MAX_SAFE_INTEGER;
  return expectations.filter(({ verdict }) => verdict !== 'passed').sort((a, b) => time(a) - time(b));
}
