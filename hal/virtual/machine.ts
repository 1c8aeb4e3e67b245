/**
 * HOST: the processor of the virtual board: another JavaScript engine (QuickJS) with the interpreter's natives in it.
 * Values cross as text.
 */
import {
  getQuickJS,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
  type VmCallResult,
} from 'quickjs-emscripten';
import { ROM } from './rom.ts';

/** Answers to what the natives ask for: a name and values in, a value out, plain data all of it. */
export type Natives = (name: string, values: readonly unknown[]) => unknown;

/** Something that ran ended in an exception; the message is worded as the interpreter words it. */
export class UncaughtError extends Error {}

/** A line that declares one thing; the real console answers with what it declared. */
const DECLARATION = /^\s*(?:function\s+([\w$]+)|(?:var|let|const)\s+([\w$]+)\s*=[^;]*;?\s*$)/;

/** How long one piece of script may run: longer is a loop without end, and the engine listens to nobody meanwhile. */
const PATIENCE_MS = 20_000;

let engine: QuickJSWASMModule | null = null;

/** To be awaited once, before the first machine is switched on. */
export async function loadEngine(): Promise<void> {
  engine ??= await getQuickJS();
}

export class Machine {
  private readonly vm: QuickJSContext;
  private readonly rom: QuickJSHandle;
  private deadlineMs = 0;

  constructor(natives: Natives) {
    if (engine === null) throw new Error('the engine is not loaded');
    const vm = engine.newContext();
    vm.runtime.setInterruptHandler(() => performance.now() > this.deadlineMs);
    this.vm = vm;
    const host = vm.newFunction('host', (request) => {
      const [name, ...values] = JSON.parse(vm.getString(request)) as [string, ...unknown[]];
      return vm.newString(JSON.stringify(natives(name, values) ?? null));
    });
    this.deadlineMs = performance.now() + PATIENCE_MS;
    const make = vm.unwrapResult(vm.evalCode(ROM, 'ROM'));
    this.rom = vm.unwrapResult(vm.callFunction(make, vm.undefined, host));
    make.dispose();
    host.dispose();
  }

  /** A script as it stands in flash storage. */
  evaluate(code: string): void {
    this.run(code, 'flash').dispose();
  }

  /** A line of the console; its value in words. */
  answer(line: string): string {
    const value = this.run(line, 'REPL');
    const declared = DECLARATION.exec(line);
    if (declared === null) return this.call('show', value);
    value.dispose();
    return this.call('show', this.run(declared[1] ?? declared[2] ?? '', 'REPL'));
  }

  data(text: string): void {
    // As JSON: a bare string would end at a zero byte.
    this.call('data', this.vm.newString(JSON.stringify(text)));
  }

  /** A rising edge at a pin. */
  pulse(pin: string): void {
    this.call('pulse', this.vm.newString(pin));
  }

  timer(id: number): void {
    this.call('timer', this.vm.newNumber(id));
  }

  dispose(): void {
    this.rom.dispose();
    this.vm.dispose();
  }

  /** `where` is what an error names as its place. */
  private run(code: string, where: string): QuickJSHandle {
    this.deadlineMs = performance.now() + PATIENCE_MS;
    return this.valueOf(this.vm.evalCode(code, where), where, code);
  }

  /** One of the functions that the script of the natives returned; disposes of the argument. */
  private call(name: string, argument: QuickJSHandle): string {
    const { vm } = this;
    this.deadlineMs = performance.now() + PATIENCE_MS;
    const callee = vm.getProp(this.rom, name);
    const result = vm.callFunction(callee, vm.undefined, argument);
    callee.dispose();
    argument.dispose();
    const value = this.valueOf(result, name);
    const text = vm.getString(value);
    value.dispose();
    return text;
  }

  private valueOf(result: VmCallResult<QuickJSHandle>, where: string, code = ''): QuickJSHandle {
    if (result.error === undefined) return result.value;
    const thrown = this.vm.dump(result.error) as unknown;
    result.error.dispose();
    throw new UncaughtError(wordError(thrown, where, code));
  }
}

/** `Uncaught ReferenceError: "a" is not defined` and where, as the real console has it. */
function wordError(thrown: unknown, where: string, code: string): string {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown))
    return `Uncaught ${String(thrown)}`;
  const { name = 'Error', message, stack } = thrown as { name?: string; message: string; stack?: string };
  if (message === 'interrupted') return 'Execution Interrupted';
  const [, line = '1', column = '1'] = /(?:REPL|flash):(\d+):?(\d*)/.exec(stack ?? '') ?? [];
  const at = Math.max(1, Number(column) || 1);
  const source = code.split('\n')[Number(line) - 1] ?? '';
  const callee = /([\w$]+)\s*$/.exec(source.slice(0, at - 1))?.[1] ?? '';
  return `Uncaught ${inItsWords(`${name}: ${message}`, callee)}\r\n    at ${where} (:${line}:${at})\r\n\r\n${' '.repeat(at - 1)}^`;
}

/** What this engine says, and what the interpreter says in its place. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(ReferenceError): '?([\w$]+)'? is not defined$/, '$1: "$2" is not defined'],
  [/^(SyntaxError): unexpected token in expression: ''$/, '$1: Unexpected end of Input'],
  [/^(SyntaxError): unexpected token in expression: ('.*')$/, '$1: Got $2 expected EOF'],
  [/^TypeError: cannot read property (.*)$/, "Error: Can't read property $1"],
  [/^(TypeError): '.*' is read-only$/, '$1: Assignment to a constant'],
];

/** `callee` is the name before the place of the error, which this engine leaves out where it is no function. */
function inItsWords(text: string, callee: string): string {
  if (text === 'TypeError: not a function') return `Error: Function "${callee}" not found!`;
  return WORDS.reduce((said, [pattern, words]) => said.replace(pattern, words), text);
}
