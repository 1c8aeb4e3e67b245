/**
 * The pump came back from a loss of power or a reset. A moment: present in the first tick, gone in the next, and latched
 * so that somebody learns of it. The ledger's record is the state.
 */
import type { LedgerState } from '../ledger.ts';
import { VERDICT_CLEAR, VERDICT_PRESENT } from './verdict.ts';

export function judgeRestarted(pump: { readonly ledger: LedgerState; readonly nowTick: number }): number {
  return pump.nowTick === pump.ledger.restartedTick ? VERDICT_PRESENT : VERDICT_CLEAR;
}
