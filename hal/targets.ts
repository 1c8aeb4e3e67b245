/** Every target there is, by name. Loaded when asked for, so that nobody loads a serial module by accident. */
import type { TargetFactory } from './target.ts';

export interface TargetRow {
  readonly name: string;
  readonly summary: string;
  /** null: not built in yet. */
  readonly load: (() => Promise<TargetFactory>) | null;
}

export const TARGETS: readonly TargetRow[] = [
  {
    name: 'sim',
    summary: 'the firmware core in this process over a simulated world',
    load: async () => (await import('./sim/target.ts')).createSimTarget,
  },
  { name: 'board', summary: 'the firmware core on an Espruino board, over a serial port', load: null },
  { name: 'virtual', summary: 'the firmware core in a virtual board, over a pseudo-terminal', load: null },
  { name: 'replay', summary: 'the firmware core in this process, its inputs from a trace', load: null },
];
