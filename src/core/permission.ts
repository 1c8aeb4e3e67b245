/** How much the pump may deliver. Codes grow with strictness, so the strictest of two is the greater. */
export const FULL = 0;
export const MINIMUM_RATE = 1;
export const STOPPED = 2;

/** Names, for hosts and tables; the order of the codes. */
export const PERMISSIONS = ['full', 'minimumRate', 'stopped'] as const;

export function strictest(a: number, b: number): number {
  return a > b ? a : b;
}
