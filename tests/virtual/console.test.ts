/** The console of the virtual board, against what the real one (2v29) was seen to say. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openConsolePort } from '../../hal/espruino/console-port.ts';
import { startInterpreter } from '../../hal/espruino/interpreter.ts';
import { isWhole, VirtualBoard } from '../../hal/virtual/board.ts';
import { loadEngine } from '../../hal/virtual/machine.ts';
import { NO_MISCHIEF } from '../../hal/virtual/mischief.ts';

const BINARY = process.env['ESPRUINO_BIN'] ?? '';

beforeAll(() => loadEngine());

function powerOn(storage: string | null = null, isFull = false) {
  let heard = '';
  const board = new VirtualBoard({ storage, isFull, mischief: NO_MISCHIEF, send: (text) => (heard += text) });
  board.powerOn();
  return {
    board,
    say(text: string): string {
      heard = '';
      board.receive(text);
      return heard;
    },
    banner: () => heard,
  };
}

/** Typed, and what the real interpreter answered, byte for byte. */
const SEEN: readonly (readonly [typed: string, answer: string])[] = [
  ['\n', '\r\n>'],
  ['1+1\n', '1+1\r\n=2\r\n>'],
  ["'x'\n", '\'x\'\r\n="x"\r\n>'],
  ['\x10print(6*7)\n', '42\r\n>'],
  ['\x101+1\n', ''],
  ['foo()\n', 'foo()\r\nUncaught ReferenceError: "foo" is not defined\r\n    at REPL (:1:1)\r\n\r\n^\r\n>'],
  ['if(\n', 'if(\r\n:'],
  ['1\n', '1\r\n:'],
  ['\x1b[2H', '\x1b[A\x1b[A\r\x1b[J>'],
  ["\x10print('SYNC',3)\n", 'SYNC 3\r\n>'],
  ['throw 5\n', 'throw 5\r\nUncaught 5\r\n>'],
  ['({a:1})\n', '({a:1})\r\n={ a: 1 }\r\n>'],
  ['[1,2]\n', '[1,2]\r\n=[ 1, 2 ]\r\n>'],
  [
    'abc\x082\n',
    'abc\b \b2\r\nUncaught ReferenceError: "ab2" is not defined\r\n    at REPL (:1:1)\r\n\r\n^\r\n>',
  ],
  [
    "print({a:1},[1,2],'x',null,true)\r\n",
    'print({a:1},[1,2],\'x\',null,true)\r\n{ "a": 1 } [ 1, 2 ] x null true\r\n=undefined\r\n>',
  ],
  ["require('Storage').read('zz')\n", "require('Storage').read('zz')\r\n=undefined\r\n>"],
  ['var v=5\n', 'var v=5\r\n=5\r\n>'],
  ['function f(x){return x}\n', 'function f(x){return x}\r\n=function (x) { ... }\r\n>'],
  ['[]\n', '[]\r\n=[  ]\r\n>'],
  ['[1,"b",{c:null}]\n', '[1,"b",{c:null}]\r\n=[ 1, \r\n  "b", \r\n  { c: null }\r\n ]\r\n>'],
  ['[[1],[2]]\n', '[[1],[2]]\r\n=[ \r\n  [ 1 ], \r\n  [ 2 ]\r\n ]\r\n>'],
  ['({a:{b:1},c:"x"})\n', '({a:{b:1},c:"x"})\r\n={ \r\n  a: { b: 1 }, \r\n  c: "x"\r\n }\r\n>'],
  [
    '({a:1,b:2,c:3,d:4,e:5,f:6})\n',
    '({a:1,b:2,c:3,d:4,e:5,f:6})\r\n={ a: 1, b: 2, c: 3, d: 4, \r\n  e: 5, f: 6 }\r\n>',
  ],
  ['\x1b[2H', ''],
  ['\x10echo(0)\n', ''],
  ['1+1\n', ''],
  ['print(1)\n', '1\r\n'],
  ['echo(1)\n', '=undefined\r\n>'],
];

describe('the console', () => {
  it('says what the real one says', () => {
    const { say } = powerOn();
    for (const [typed, answer] of SEEN) expect([typed, say(typed)]).toEqual([typed, answer]);
  });

  it('says what the real one says, which says it still', async ({ skip }) => {
    skip(BINARY === '', 'ESPRUINO_BIN names no build of the interpreter');
    const interpreter = await startInterpreter(BINARY);
    const port = await openConsolePort(interpreter.path, 115_200);
    try {
      await port.write('\n\x10print("REA"+"DY")\n');
      let heard = '';
      for (let waits = 0; waits < 10 && !heard.endsWith('READY\r\n>'); waits++)
        heard += await port.read(1000);
      expect(heard).toMatch(/READY\r\n>$/);
      for (const [typed, answer] of SEEN) {
        await port.write(typed);
        let said = '';
        // Where it should say nothing there is nothing to wait for: what it says shows with the next.
        for (let waits = 0; waits < 8 && said.length < answer.length; waits++) said += await port.read(500);
        expect([typed, said]).toEqual([typed, answer]);
      }
    } finally {
      await port.close();
      await interpreter.close();
    }
  });

  it('words errors as the real one, which may name another column', () => {
    const { say } = powerOn();
    say('\x10echo(0)\n\x10const q=1\n');
    // What was typed, and what the real one says to it.
    const worded = [
      ['v.b.c', "Uncaught Error: Can't read property 'c' of undefined"],
      ['v.nope()', 'Uncaught Error: Function "nope" not found!'],
      [')', "Uncaught SyntaxError: Got ')' expected EOF"],
      ['1+', 'Uncaught SyntaxError: Unexpected end of Input'],
      ['q=2', 'Uncaught TypeError: Assignment to a constant'],
    ] as const;
    say('v={}\n');
    for (const [typed, words] of worded)
      expect([typed, say(`${typed}\n`).split('\r\n')[0]]).toEqual([typed, words]);
  });

  it('prints what a timer says in front of the prompt and what was typed so far', async () => {
    const { board, say, banner } = powerOn();
    say('\x10setTimeout(function(){print("late");print("again")},1)\n12');
    await vi.waitFor(() => expect(banner()).toContain('again'));
    expect(banner()).toBe('12\x1b[D\x1b[D\r\x1b[Jlate\r\nagain\r\n>12');
    board.powerOff();
  });

  it('words errors of modules and storage as the real one', () => {
    const { say } = powerOn();
    say('\x10echo(0)\n');
    expect(say('require("nope")\n')).toMatch(
      /^Uncaught Error: Module "nope" not found\r\n {4}at REPL \(:1:\d+\)/,
    );
    expect(say('require("Storage").write("n","12345",0,3)\n')).toMatch(
      /^Uncaught Error: Too much data for file size/,
    );
  });

  it('knows a whole statement from an open one', () => {
    for (const text of ['1', 'f({})', '"("', '// (', "'\\'('", '/* ( */ 1', '`(`', ')'])
      expect([text, isWhole(text)]).toEqual([text, true]);
    for (const text of ['(', 'f({', '[1,', '`(', '/* 1', '// (\n('])
      expect([text, isWhole(text)]).toEqual([text, false]);
  });

  it('tells who it is, has a clock and timers, and 0x03 clears the line', async () => {
    const { say } = powerOn();
    expect(say('\x05')).toBe('Espruino 2v29 VIRTUAL\r\n');
    expect(say('abc\x03')).toBe('abc\r\n>');
    expect(say('\x10print(getTime()>1e9,process.env.BOARD)\n')).toBe('true VIRTUAL\r\n>');
    say('\x10echo(0)\n\x10var n=0;var t=setInterval(function(){if(++n==3)clearInterval(t)},1)\n');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(say('print(n)\n')).toBe('3\r\n');
  });

  it('hands its port over and takes it back', () => {
    const { say } = powerOn();
    say(
      '\x10echo(0)\n\x10var h=function(d){USB.write("<"+d+">");if(d.indexOf("q")>=0){USB.removeListener("data",h);E.setConsole(USB)}}\n',
    );
    expect(say('\x10USB.on("data",h);E.setConsole(null)\nfirst\n')).toBe('<first\n>');
    expect(say('a\x03b\n')).toBe('<a\x03b\n>');
    expect(say('a\0b\xff\n')).toBe('<a\0b\xff\n>');
    // As terminals end a line.
    expect(say('typed\r')).toBe('<typed\r>');
    expect(say('both\r\n')).toBe('<both\r><\n>');
    expect(say('q\n')).toBe('<q\n>');
    expect(say('1+1\nprint(2)\n')).toBe('2\r\n');
  });
});

describe('the storage', () => {
  it('survives a restart, and its boot code runs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'thecal-virtual-'));
    try {
      const first = powerOn(folder);
      expect(first.banner()).toContain('espruino.com');
      first.say(
        '\x10echo(0)\n\x10require("Storage").write("a/b","x\\x00\\xff",0,5)\n\x10E.setBootCode("print(\'BOOT\')")\n',
      );
      expect(first.say('load()\n')).toBe('BOOT\r\n\r\n>');
      first.board.powerOff();
      const second = powerOn(folder);
      expect(second.banner()).toBe('BOOT\r\n\r\n>');
      second.say('\x10echo(0)\n');
      expect(
        second.say('print(JSON.stringify(require("Storage").read("a/b")),require("Storage").list())\n'),
      ).toBe('"x\\u0000\u00ff\u00ff\u00ff" [ \r\n  ".bootcde", \r\n  "a/b"\r\n ]\r\n');
      expect(second.say('print(E.CRC32("123456789"),E.CRC32(new Uint8Array([49,50])))\n')).toBe(
        '3421780262 1330857165\r\n',
      );
      expect(second.say('reset()\n')).toContain('espruino.com');
      second.board.powerOff();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('refuses what does not fit, on a board that is full', () => {
    const { say } = powerOn(null, true);
    say('\x10echo(0)\n');
    expect(say('require("Storage").write("n","x",0,5000)\n')).toMatch(
      /^Uncaught Error: Unable to find or create file/,
    );
    expect(say('print(process.memory().free<100)\n')).toBe('true\r\n');
  });
});
