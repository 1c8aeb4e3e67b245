/**
 * What the real interpreter has natively and the bundle, flashing or a person at its console uses, as a script for
 * another engine. `host` is the one function given from outside: names and values go over as JSON.
 */
export const ROM = `(function (host) {
'use strict';
var ask = function () { return JSON.parse(host(JSON.stringify(Array.prototype.slice.call(arguments)))); };

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
function textOf(data) {
  if (typeof data === 'string') return data;
  var bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  var text = '';
  for (var i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

// As the console shows a value: names bare in an answer ("={ a: 1 }"), quoted by print().
// What is no number goes onto a line of its own, and of an object's values four onto one.
function wantsLine(value) { return value !== undefined && value !== null && typeof value !== 'number' && typeof value !== 'boolean'; }
function showItems(open, values, texts, level, mostOnLine, close) {
  var out = open + ' ', isOwed = false, onLine = 0;
  for (var i = 0; i < values.length; i++) {
    onLine += 1;
    if (i > 0) out += ', ';
    if (isOwed || wantsLine(values[i]) || onLine > mostOnLine) {
      out += '\\r\\n' + '  '.repeat(level + 1);
      onLine = 0;
    }
    out += texts[i];
    isOwed = wantsLine(values[i]);
  }
  return out + (isOwed ? '\\r\\n' + '  '.repeat(level) : '') + ' ' + close;
}
function show(value, isAnswer, level) {
  if (typeof value === 'function') return 'function (' + (/^[^(]*\\(([^)]*)\\)/.exec(String(value)) || ['', ''])[1] + ') { ... }';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Pin) return value.name;
  if (value instanceof Error) return value.name + ': ' + value.message;
  if (ArrayBuffer.isView(value)) return 'new ' + value.constructor.name + '([' + Array.prototype.join.call(value, ', ') + '])';
  if (Array.isArray(value)) {
    return showItems('[', value, value.map(function (v) { return show(v, isAnswer, level + 1); }), level, Infinity, ']');
  }
  var keys = Object.keys(value);
  var texts = keys.map(function (key) {
    var name = isAnswer && /^[A-Za-z_$][\\w$]*$/.test(key) ? key : JSON.stringify(key);
    return name + ': ' + show(value[key], isAnswer, level + 1);
  });
  return showItems('{', keys.map(function (key) { return value[key]; }), texts, level, 4, '}');
}

var DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function btoa(data) {
  var text = textOf(data), out = '';
  for (var i = 0; i < text.length; i += 3) {
    var word = text.charCodeAt(i) << 16 | (text.charCodeAt(i + 1) || 0) << 8 | (text.charCodeAt(i + 2) || 0);
    for (var k = 0; k < 4; k++) out += i + k > text.length ? '=' : DIGITS.charAt(word >> (18 - 6 * k) & 63);
  }
  return out;
}
function atob(text) {
  var out = '', word = 0, bits = 0;
  for (var i = 0; i < text.length; i++) {
    var digit = DIGITS.indexOf(text.charAt(i));
    if (digit < 0) continue;
    word = (word << 6 | digit) & 16383;
    bits += 6;
    if (bits >= 8) { bits -= 8; out += String.fromCharCode(word >> bits & 255); }
  }
  return out;
}

var listeners = {};
function on(event, listener) { (listeners[event] = listeners[event] || []).push(listener); }
function removeListener(event, listener) {
  listeners[event] = (listeners[event] || []).filter(function (one) { return one !== listener; });
}
function removeAllListeners(event) { if (event === undefined) listeners = {}; else delete listeners[event]; }
function emit(event, value) {
  (listeners[event] || []).slice().forEach(function (listener) { listener(value); });
}
function Port(name) {
  return {
    on: function (event, listener) { on(name + event, listener); },
    removeListener: function (event, listener) { removeListener(name + event, listener); },
    removeAllListeners: function (event) { removeAllListeners(name + event); },
    write: function () { for (var i = 0; i < arguments.length; i++) ask('out', textOf(arguments[i])); },
    print: function (text) { ask('out', String(text)); },
    println: function (text) { ask('out', String(text) + '\\r\\n'); },
    setup: function () {},
  };
}

var Storage = {
  write: function (name, data, offset, total) {
    var text = typeof data === 'object' && !ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer) ? JSON.stringify(data) : textOf(data);
    var problem = ask('write', String(name), text, offset | 0, total | 0);
    if (problem !== null) throw new Error(problem);
    return true;
  },
  read: function (name, offset, length) {
    var text = ask('read', String(name));
    if (text === null) return undefined;
    return text.substr(offset | 0, length === undefined ? text.length : length);
  },
  readArrayBuffer: function (name) {
    var text = Storage.read(name);
    if (text === undefined) return undefined;
    var bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes.buffer;
  },
  readJSON: function (name) {
    try { return JSON.parse(Storage.read(name)); } catch (error) { return undefined; }
  },
  writeJSON: function (name, data) { return Storage.write(name, JSON.stringify(data)); },
  list: function (regex) { return ask('list').filter(function (name) { return !(regex instanceof RegExp) || regex.test(name); }); },
  erase: function (name) { ask('erase', String(name)); },
  eraseAll: function () { ask('eraseAll'); },
  getFree: function () { return ask('free'); },
  getStats: function () { return ask('stats'); },
  compact: function () {},
  hash: function (name) { return crc(function (i) { return name.charCodeAt(i); }, String(name).length) | 0; },
};
var modules = { Storage: Storage };

var consoleName = 'USB';
var timers = {};
function startTimer(callback, ms, isRepeated) {
  var rest = Array.prototype.slice.call(arguments, 3);
  var id = ask('timer', Math.max(1, +ms || 0), isRepeated);
  timers[id] = { callback: callback, rest: rest, isRepeated: isRepeated };
  return id;
}
function stopTimer(id) {
  var ids = id === undefined ? Object.keys(timers) : [id];
  ids.forEach(function (one) { delete timers[one]; ask('untimer', +one); });
}

function number(value) { return value === null ? NaN : value; }
function Pin(name) { this.name = String(name); }
Pin.prototype.toString = function () { return this.name; };
function digitalWrite(pins, value) { ask('digital', [].concat(pins).map(String), +value); }
var watches = {}, lastWatch = 0;

var machine = {
  USB: Port('USB'),
  E: {
    CRC32: function (data) {
      if (typeof data === 'string') return crc(function (i) { return data.charCodeAt(i); }, data.length);
      var bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      return crc(function (i) { return bytes[i]; }, bytes.length);
    },
    getConsole: function () { return consoleName; },
    setConsole: function (port) {
      consoleName = port === null || port === undefined ? null : 'USB';
      ask('console', consoleName !== null);
    },
    setBootCode: function (code, isAlways) {
      Storage.erase('.bootcde');
      Storage.erase('.bootrst');
      if (code !== undefined) Storage.write(isAlways ? '.bootrst' : '.bootcde', String(code));
    },
    getErrorFlags: function () { return []; },
    on: function (event, listener) { on('E' + event, listener); },
    reboot: function () { ask('reboot'); },
    kickWatchdog: function () { ask('kick'); },
    enableWatchdog: function (seconds, isAutomatic) { ask('watchdog', isAutomatic === false ? +seconds : 0); },
    getTemperature: function () { return number(ask('temperature')); },
    getAnalogVRef: function () { return ask('reference'); },
    setTimeZone: function () {},
    toString: textOf,
  },
  process: {
    env: { VERSION: '2v29', GIT_COMMIT: '0', BOARD: 'VIRTUAL', FLASH: 262144, STORAGE: 262144, SERIAL: 'virtual', get CONSOLE() { return consoleName; }, MODULES: 'Storage' },
    version: '2v29',
    memory: function () { return ask('memory'); },
    on: function () {},
  },
  require: function (name) {
    if (!Object.prototype.hasOwnProperty.call(modules, name)) throw new Error('Module "' + name + '" not found');
    return modules[name];
  },
  print: function () {
    ask('out', Array.prototype.map.call(arguments, function (value) { return typeof value === 'string' ? value : show(value, false, 0); }).join(' ') + '\\r\\n');
  },
  echo: function (isOn) { ask('echo', !!isOn); },
  load: function (name) { ask('load', name === undefined ? null : String(name)); },
  reset: function () { ask('reset'); },
  quit: function () { ask('reboot'); },
  atob: atob,
  btoa: btoa,
  getTime: function () { return ask('time'); },
  setInterval: function (callback, ms) { return startTimer.apply(null, [callback, ms, true].concat(Array.prototype.slice.call(arguments, 2))); },
  setTimeout: function (callback, ms) { return startTimer.apply(null, [callback, ms, false].concat(Array.prototype.slice.call(arguments, 2))); },
  clearInterval: stopTimer,
  clearTimeout: stopTimer,
  Pin: Pin,
  digitalWrite: digitalWrite,
  analogRead: function (pin) { return number(ask('analog', String(pin))); },
  analogWrite: function (pin, value, options) { ask('pwm', String(pin), +value, options && options.freq || 0); },
  setWatch: function (callback, pin, options) {
    lastWatch += 1;
    watches[lastWatch] = { callback: callback, pin: String(pin), isRepeated: !!(options && options.repeat), debounceMs: options && options.debounce || 0 };
    return lastWatch;
  },
  clearWatch: function (id) {
    if (id === undefined) watches = {};
    else delete watches[id];
  },
};
ask('pins').forEach(function (name) { machine[name] = new Pin(name); });
machine.console = { log: machine.print };
machine.global = globalThis;
Object.keys(machine).forEach(function (name) {
  Object.defineProperty(globalThis, name, { value: machine[name], writable: true, configurable: true, enumerable: false });
});

return {
  data: function (json) { emit('USBdata', JSON.parse(json)); },
  pulse: function (pin) {
    Object.keys(watches).forEach(function (id) {
      var watch = watches[id];
      if (watch.pin !== pin) return;
      if (!watch.isRepeated) delete watches[id];
      var time = machine.getTime();
      machine.setTimeout(watch.callback, watch.debounceMs, { state: true, time: time, lastTime: watch.lastTime, pin: new Pin(pin) });
      watch.lastTime = time;
    });
  },
  timer: function (id) {
    var timer = timers[id];
    if (timer === undefined) return;
    if (!timer.isRepeated) delete timers[id];
    timer.callback.apply(globalThis, timer.rest);
  },
  show: function (value) { return show(value, true, 0); },
};
})`;
