/**
 * HOST: what a line does to messages when it misbehaves, on purpose and countable. A message is a line while the
 * console is taken over, a request or a reply, counted from 1 over both directions from the start of the board.
 */

export interface MischiefPlan {
  readonly lose: readonly number[];
  readonly double: readonly number[];
  /** One bit of the message is another. */
  readonly flip: readonly number[];
  /** The message comes after the next one in its direction. */
  readonly late: readonly number[];
  /** The board loses its power as this message is on its way. */
  readonly rebootAt: readonly number[];
  /** Every reply takes so long. */
  readonly delayMs: number;
}

export const NO_MISCHIEF: MischiefPlan = {
  lose: [],
  double: [],
  flip: [],
  late: [],
  rebootAt: [],
  delayMs: 0,
};

export function isCalm({ delayMs, ...numbers }: MischiefPlan): boolean {
  return delayMs === 0 && Object.values(numbers).every((list) => list.length === 0);
}

/** One direction; `number` counts for both. */
export class Mischief {
  private readonly plan: MischiefPlan;
  private readonly number: () => number;
  private readonly reboot: () => void;
  private held: string | null = null;

  constructor(plan: MischiefPlan, number: () => number, reboot: () => void) {
    this.plan = plan;
    this.number = number;
    this.reboot = reboot;
  }

  /** What arrives of a message, in order; null when the board has gone with it. */
  pass(line: string): string[] | null {
    const { plan } = this;
    const number = this.number();
    const before = this.held === null ? [] : [this.held];
    this.held = null;
    if (plan.rebootAt.includes(number)) {
      this.reboot();
      return null;
    }
    if (plan.lose.includes(number)) return before;
    if (plan.late.includes(number)) {
      this.held = line;
      return before;
    }
    const arrived = plan.flip.includes(number) ? flipped(line) : line;
    return [...(plan.double.includes(number) ? [arrived, arrived] : [arrived]), ...before];
  }
}

/** The lowest bit of the character in the middle, which is never one that ends a line. */
function flipped(line: string): string {
  const at = Math.floor(line.length / 2);
  return line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ 1) + line.slice(at + 1);
}
