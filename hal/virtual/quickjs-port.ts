/**
 * HOST: the virtual board without a line: the board's own bundle in another JavaScript engine (QuickJS), a request in,
 * a reply out. What the real interpreter has natively and the bundle uses is given by the few lines of ROM below.
 */
import { getQuickJS } from 'quickjs-emscripten';
import type { LinePort } from '../espruino/client.ts';

/** Native functions of the interpreter that the bundle calls, in plain JavaScript. */
const ROM = `
var E = (function () {
  var table = new Int32Array(256);
  for (var n = 0; n < 256; n++) {
    var c = n;
    for (var k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ -306674912 : c >>> 1;
    table[n] = c;
  }
  function crc(at, count) {
    var c = -1;
    for (var i = 0; i < count; i++) c = table[(c ^ at(i)) & 255] ^ (c >>> 8);
    return (c ^ -1) >>> 0;
  }
  return {
    CRC32: function (data) {
      if (typeof data === 'string') return crc(function (i) { return data.charCodeAt(i); }, data.length);
      var bytes = new Uint8Array(data);
      return crc(function (i) { return bytes[i]; }, bytes.length);
    },
  };
})();
var process = { env: { BOARD: 'VIRTUAL' }, memory: function () { return { free: -1, total: -1 }; } };
`;

export async function openQuickJsPort(bundle: string): Promise<LinePort> {
  const vm = (await getQuickJS()).newContext();
  vm.unwrapResult(vm.evalCode(ROM, 'rom.js')).dispose();
  vm.unwrapResult(vm.evalCode(bundle, 'board.js')).dispose();
  const thecal = vm.getProp(vm.global, 'thecal');
  return {
    name: 'virtual board',
    exchange(line) {
      const text = vm.newString(line);
      const reply = vm.unwrapResult(vm.callFunction(thecal, vm.undefined, text));
      text.dispose();
      const answer = vm.getString(reply);
      reply.dispose();
      return Promise.resolve(answer);
    },
    close() {
      thecal.dispose();
      vm.dispose();
      return Promise.resolve();
    },
  };
}
