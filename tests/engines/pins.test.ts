/**
 * The free-running firmware over recorded pins, in three engines: V8, QuickJS as in the virtual board, and a build of
 * the real interpreter where ESPRUINO_BIN names one. Pins, timers and storage are made up in the script itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { getQuickJS } from 'quickjs-emscripten';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleBoard } from '../../scripts/bundle-board.ts';

const BINARY = process.env['ESPRUINO_BIN'] ?? '';

/** A board's globals, and what is done with them in `LOG`. Time passes in `pass` alone. */
const BOARD = `
var LOG=[],NOW=1000000000000,TIMERS=[],NEXT=1,PULSE=null,STEPS=0,FILES={},KICKS=0;
function Pin(name){this.name=name;}
function crc(data){
  var c=-1;
  for(var i=0;i<data.length;i++){
    c=c^(typeof data==="string"?data.charCodeAt(i):data[i]);
    for(var k=0;k<8;k++)c=(c&1)?((c>>>1)^-306674912):(c>>>1);
  }
  return (c^-1)>>>0;
}
function add(run,ms,every){TIMERS.push({id:NEXT,due:NOW+ms,every:every?ms:0,run:run});NEXT++;return NEXT-1;}
process={env:{BOARD:"PICO_R1_3"},memory:function(){return {free:2000,total:5100};}};
E={CRC32:crc,getTemperature:function(){return 37.25;},getAnalogVRef:function(){return 3.3;},
  enableWatchdog:function(s,a){LOG.push("watchdog "+s+" "+a);},kickWatchdog:function(){KICKS++;}};
function getTime(){return NOW/1000;}
function setTimeout(run,ms){return add(run,ms,false);}
function setInterval(run,ms){return add(run,ms,true);}
function setWatch(run){PULSE=run;return 1;}
function digitalWrite(pins,value){
  if(pins.length===undefined){LOG.push("sound "+value);return;}
  LOG.push(NOW+" "+value);
  STEPS=value===0?0:STEPS+1;
  if(STEPS===96)PULSE();
}
function analogRead(pin){return pin.name==="A5"?0.201:0.45;}
function analogWrite(pin,value,how){LOG.push(NOW+" note "+how.freq);}
function require(){return {read:function(n){return FILES[n];},write:function(n,d){
  if(typeof d!=="string"){var t="";for(var i=0;i<d.length;i++)t+=String.fromCharCode(d[i]);d=t;}
  FILES[n]=d;LOG.push("stored "+n+" "+crc(d));},erase:function(n){delete FILES[n];},getFree:function(){return 10000;}};}
function print(text){LOG.push("said "+text);}
function pass(seconds){
  var end=NOW+seconds*1000;
  for(;;){
    var first=null;
    for(var i=0;i<TIMERS.length;i++)if(first===null||TIMERS[i].due<first.due)first=TIMERS[i];
    if(first===null||first.due>end)break;
    NOW=first.due;
    if(first.every>0)first.due+=first.every;else TIMERS.splice(TIMERS.indexOf(first),1);
    first.run();
  }
  NOW=end;
}
function say(text){LOG.push(thecal(text+","+(crc(text)&65535).toString(16)));}
`;

/** Strokes, a stop and its end, a program, an interrogation. */
const LIFE = `
say("setup,2,500,40000000,8,38000000,0,0.0.500.2000000.0*8.196611000*24");
pass(300);say("status,3");say("command,4,0.0");pass(200);say("command,5,1.0");say("command,6,2.1.0.0.500.0*9.589833000*24");
pass(200);say("command,7,7.0");pass(5);say("status,8");
LOG.push(KICKS,crc(LOG.join()));
`;

let script = '';
let inV8: string[] = [];
beforeAll(async () => {
  const { code } = await bundleBoard('freeRunning');
  script = `${BOARD}\n${code}\n${LIFE}`;
  inV8 = JSON.parse(String(runInNewContext(`${script};JSON.stringify(LOG.map(String))`))) as string[];
});

it('makes as many strokes of 96 steps as it says, and lets the windings go after each', () => {
  const windings = inV8.filter((line) => /^\d{13} \d+$/.test(line)).map((line) => line.slice(14));
  expect(windings.at(-1)).toBe('0');
  const lengths = windings
    .join(' ')
    .split(/ ?\b0\b ?/)
    .map((run) => (run === '' ? 0 : run.split(' ').length));
  const [, , , requested, confirmed] = inV8.findLast((line) => line.startsWith('status,'))!.split(',');
  expect(Number(requested)).toBeGreaterThan(8);
  expect(Number(confirmed)).toBeGreaterThanOrEqual(Number(requested) - 1);
  expect(lengths.filter((length) => length === 96)).toHaveLength(Number(requested));
  // The supply is read under the load of one winding, which moves nothing.
  expect(lengths.filter((length) => length > 1 && length !== 96)).toEqual([]);
  expect(inV8.filter((line) => line.startsWith('nak'))).toEqual([]);
});

it('does the same on every pin in QuickJS', async () => {
  const engine = (await getQuickJS()).newContext();
  const value = engine.unwrapResult(engine.evalCode(`${script};JSON.stringify(LOG.map(String))`));
  const inQuickJs = JSON.parse(engine.getString(value)) as string[];
  value.dispose();
  engine.dispose();
  expect(inQuickJs).toEqual(inV8);
});

const folder = mkdtempSync(join(tmpdir(), 'thecal-pins-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('does the same on every pin in the real interpreter', { timeout: 120_000 }, ({ skip }) => {
  skip(BINARY === '', 'ESPRUINO_BIN names no build of the interpreter');
  const file = join(folder, 'pins.js');
  writeFileSync(file, `var TELL=print;${script}\nfor(var i=0;i<LOG.length;i++)TELL("LOG "+LOG[i]);quit();\n`);
  const told = execFileSync(BINARY, [file], { encoding: 'latin1', cwd: folder, timeout: 100_000 });
  const lines = told.split(/\r?\n/).filter((line) => line.startsWith('LOG '));
  expect(lines.map((line) => line.slice(4))).toEqual(inV8);
});
