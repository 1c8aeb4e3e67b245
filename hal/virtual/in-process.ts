/** HOST: a virtual board without a pseudo-terminal: its bytes go straight into the line. */
import type { LinePort } from '../espruino/client.ts';
import { type BoardPlan, createBoard } from './power.ts';

export async function openInProcess(plan: BoardPlan): Promise<LinePort> {
  const traffic = { bytesOut: 0, bytesIn: 0 };
  let lines: string[] = [];
  let rest = '';
  let waiter: ((line: string | null) => void) | null = null;
  const board = await createBoard(plan, (text) => {
    traffic.bytesIn += text.length;
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    if (waiter !== null && lines.length > 0) waiter(lines.shift() ?? null);
  });
  board.powerOn();
  return {
    name: 'virtual board',
    traffic,
    write(text) {
      traffic.bytesOut += text.length;
      board.receive(text);
    },
    receive(timeoutMs) {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((resolve) => {
        const timer = setTimeout(() => waiter?.(null), timeoutMs);
        waiter = (found) => {
          clearTimeout(timer);
          waiter = null;
          resolve(found);
        };
      });
    },
    reopen() {
      lines = [];
      rest = '';
      return Promise.resolve();
    },
    close() {
      board.powerOff();
      return Promise.resolve();
    },
  };
}
