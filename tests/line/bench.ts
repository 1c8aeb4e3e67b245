/** A host and a virtual board on one bench, without a pseudo-terminal in between, and with trouble to order. */
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LinePort } from '../../hal/espruino/client.ts';
import { openLineTarget } from '../../hal/espruino/board-target.ts';
import type { OpenTarget, TargetOptions } from '../../hal/target-options.ts';
import type { Stimulus, Target, TargetDigest, TargetObserver, TargetSetup } from '../../hal/target.ts';
import { createSimTarget } from '../../hal/sim/target.ts';
import { openInProcess } from '../../hal/virtual/in-process.ts';
import { Mischief, type MischiefPlan, NO_MISCHIEF } from '../../hal/virtual/mischief.ts';
import { filesOf } from '../../hal/virtual/target.ts';
import { bundleBoard } from '../../scripts/bundle-board.ts';
import { coreHash, PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { SETUP } from '../canaries/checks.ts';

export const CORE = coreHash();

export const DEAF: TargetObserver = { event() {}, stateDigest() {}, afterTick() {} };

let built: Promise<string> | null = null;
export function firmware(): Promise<string> {
  built ??= bundleBoard().then(({ code }) => code);
  return built;
}

export function optionsOf(more: Partial<TargetOptions> = {}): TargetOptions {
  return { coreHash: CORE, firmware, boardThread: '', notice: () => {}, line: { timeoutMs: 25 }, ...more };
}

/** The same troubles, made at the host's end of the line. */
export function troubled(port: LinePort, plan: MischiefPlan): LinePort & { messages(): number } {
  let messages = 0;
  const next = (): number => (messages += 1);
  const out = new Mischief(plan, next, () => {});
  const back = new Mischief(plan, next, () => {});
  const ready: string[] = [];
  let isServing = false;
  return {
    name: port.name,
    traffic: port.traffic,
    messages: () => messages,
    write(text) {
      if (!isServing) port.write(text);
      else for (const one of out.pass(text) ?? []) port.write(one);
      if (text.includes('thecal.serve')) isServing = true;
    },
    async receive(timeoutMs) {
      for (;;) {
        const kept = ready.shift();
        if (kept !== undefined) return kept;
        const line = await port.receive(timeoutMs);
        if (line === null || !isServing) return line;
        ready.push(...(back.pass(line) ?? []));
      }
    },
    reopen: () => port.reopen(),
    close: () => port.close(),
  };
}

export interface BenchPlan {
  readonly atBoard?: Partial<MischiefPlan>;
  readonly atHost?: Partial<MischiefPlan>;
  readonly code?: string;
  readonly options?: Partial<TargetOptions>;
}

export async function openBench({
  atBoard,
  atHost,
  code,
  options,
}: BenchPlan = {}): Promise<OpenTarget & { messages(): number }> {
  const all = optionsOf(code === undefined ? options : { ...options, firmware: () => Promise.resolve(code) });
  const port = await openInProcess({
    link: null,
    storage: null,
    mischief: { ...NO_MISCHIEF, ...atBoard },
    isFull: false,
    files: await filesOf(all),
  });
  const line = troubled(port, { ...NO_MISCHIEF, ...atHost });
  const target = await openLineTarget('virtual', line, all, () => undefined);
  return { ...target, messages: () => line.messages() };
}

/** The board's bundle with one line of its core changed, and the hash of the sound one. */
export async function planted(file: string, from: string, to: string): Promise<string> {
  const path = join(PROJECT_ROOT, file);
  const sound = readFileSync(path, 'utf8');
  if (!sound.includes(from)) throw new Error(`${file} holds no "${from}"`);
  const result = await build({
    entryPoints: [join(PROJECT_ROOT, 'hal/espruino/main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2015',
    define: { __CORE_HASH__: JSON.stringify(CORE) },
    plugins: [
      {
        name: 'planted',
        setup(on) {
          on.onLoad({ filter: /[.]ts$/ }, (args) =>
            args.path === path ? { contents: sound.replace(from, to), loader: 'ts' } : null,
          );
        },
      },
    ],
  });
  return result.outputFiles[0]!.text;
}

/** Two hours with a stop, a kink, and an acknowledgement: commands, alarms and probes. */
const TIMELINE: readonly (readonly [tick: number, stimulus: Stimulus])[] = [
  [500, { kind: 'command', command: { kind: 'stop' } }],
  [900, { kind: 'command', command: { kind: 'resume' } }],
  [1500, { kind: 'fault', id: 'kink', fault: 'catheter-occlusion', options: {} }],
  [4000, { kind: 'command', command: { kind: 'acknowledge', alarm: 3 } }],
  [5000, { kind: 'clear', id: 'kink' }],
];

export async function shortRun(target: Target, untilTick = 7200): Promise<TargetDigest> {
  for (const [tick, stimulus] of TIMELINE) if (tick <= untilTick) target.stimulate(tick, stimulus);
  for (let at = 1799; at <= untilTick; at += 1800) await target.advance(at, DEAF);
  await target.advance(untilTick, DEAF);
  return await target.digest();
}

export async function simDigest(setup: TargetSetup = SETUP, untilTick?: number): Promise<TargetDigest> {
  return await shortRun(await createSimTarget(setup), untilTick);
}
