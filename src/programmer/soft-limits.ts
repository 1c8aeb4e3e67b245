/** What a pump that asks to be confirmed means, in a clinician's words. */
import { CONFIRM_TICKS, DECREASE_PERCENT, INCREASE_PERCENT } from '../core/config.ts';
import type { PatientGroup } from '../core/therapy.ts';
import {
  LOWERED_TOO_FAR,
  RAISED_ON_FIRST_DAY,
  RAISED_TOO_FAR,
  RULES_LEFT,
  TITRATION_RULES,
} from '../core/titration.ts';
import { TICKS_PER_MINUTE } from '../core/units.ts';
import type { Reply } from './exchange.ts';

/** Order is the code of the group. */
const GROUP_WORDS: Readonly<Record<PatientGroup, string>> = {
  none: 'a patient of no group',
  'adult-spinal': 'an adult with spasticity of spinal origin',
  'adult-cerebral': 'an adult with spasticity of cerebral origin',
  child: 'a child',
};

export const CONFIRM_MINUTES = CONFIRM_TICKS / TICKS_PER_MINUTE;

/** The soft limits that a program meets. */
export interface LimitsMet {
  readonly rules: readonly (typeof TITRATION_RULES)[number][];
  /** Of the daily dose, against that of a day ago. */
  readonly changePercent: number;
  readonly lines: readonly string[];
}

/** From the reply to a commit that has to be confirmed. */
export function limitsMet([, rules = 0, changePermille = 0]: Reply, group: number): LimitsMet {
  const changePercent = changePermille / 10;
  const change = `${changePercent > 0 ? '+' : ''}${changePercent.toFixed(1)} %`;
  const who = Object.values(GROUP_WORDS)[group] ?? `a patient of group ${group}`;
  const lines: string[] = [];
  if ((rules & RAISED_TOO_FAR) !== 0) {
    lines.push(
      `${change} against the dose of a day ago: for ${who} the label raises it by at most ${INCREASE_PERCENT[group] ?? 0} % in 24 h`,
    );
  }
  if ((rules & LOWERED_TOO_FAR) !== 0) {
    lines.push(
      `${change} against the dose of a day ago: the label lowers it by at most ${DECREASE_PERCENT} %; a sudden end brings withdrawal`,
    );
  }
  if ((rules & RAISED_ON_FIRST_DAY) !== 0) {
    lines.push(`${change}: in the first 24 h of a therapy the label does not raise the dose at all`);
  }
  if ((rules & RULES_LEFT) !== 0) {
    lines.push(
      `it leaves rules behind, those for ${who} or for a first day, and the next program would not be asked about by them`,
    );
  }
  return { rules: TITRATION_RULES.filter((_, bit) => ((rules >> bit) & 1) === 1), changePercent, lines };
}
