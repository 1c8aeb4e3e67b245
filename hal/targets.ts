/** Every target there is, by name. Loaded when asked for, so that nobody loads a serial module by accident. */
import type { OpenTarget, TargetOptions } from './target-options.ts';

export interface TargetRow {
  readonly name: string;
  readonly summary: string;
  /** One board, over a line: scenarios run on it one after the other. */
  readonly isBoard: boolean;
  readonly open: (options: TargetOptions) => Promise<OpenTarget>;
}

export const TARGETS: readonly TargetRow[] = [
  {
    name: 'sim',
    summary: 'the firmware core in this process over a simulated world',
    isBoard: false,
    open: async () => {
      const { createSimTarget } = await import('./sim/target.ts');
      return {
        createTarget: createSimTarget,
        line: () => null,
        takeLine: () => [],
        close: () => Promise.resolve(),
      };
    },
  },
  {
    name: 'board',
    summary: 'the firmware core on an Espruino board, over a serial port',
    isBoard: true,
    open: async (options) => await (await import('./espruino/board-target.ts')).openBoardTarget(options),
  },
  {
    name: 'virtual',
    summary: 'the firmware core in a virtual board, over a pseudo-terminal',
    isBoard: true,
    open: async (options) => await (await import('./virtual/target.ts')).openVirtualTarget(options),
  },
];
