/** A small strict reader of value change dumps: throws at what a viewer would refuse or misread. */

export interface VcdVariable {
  readonly path: string;
  readonly kind: string;
  readonly bits: number;
  /** Time and value as written, without base and code; the first is that of `$dumpvars`. */
  readonly changes: (readonly [time: number, value: string])[];
}

export interface Vcd {
  readonly timescale: string;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly variables: ReadonlyMap<string, VcdVariable>;
}

const VALUES: Readonly<Record<string, RegExp>> = {
  wire: /^[01x]$/,
  reg: /^[01x]+$/,
  integer: /^[01x]+$/,
  real: /^(-?\d+(\.\d+)?(e[+-]?\d+)?|nan)$/,
};

export function checkVcd(text: string): Vcd {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const [head = '', body, ...more] = text.split('$enddefinitions $end\n');
  if (body === undefined || more.length > 0) throw new Error('not one $enddefinitions');
  const byCode = new Map<string, VcdVariable>();
  const scopes: string[] = [];
  const paths = new Set<string>();
  let timescale = '';
  for (const line of head.trimEnd().split('\n')) {
    const words = line.split(' ');
    if (words.at(-1) !== '$end' || words.slice(0, -1).includes('$end'))
      throw new Error(`not ended once: ${line}`);
    const [keyword, ...rest] = words.slice(0, -1);
    if (keyword === '$timescale') timescale = rest.join(' ');
    else if (keyword === '$scope') scopes.push(rest[1] ?? '');
    else if (keyword === '$upscope') {
      if (scopes.pop() === undefined) throw new Error('$upscope of nothing');
    } else if (keyword === '$var') {
      const [kind = '', bits = '', code = '', name = ''] = rest;
      const path = [...scopes, name].join('.');
      if (!(kind in VALUES) || !/^[!-~]+$/.test(code) || !/^[A-Za-z_]\w*$/.test(name)) throw new Error(line);
      if (byCode.has(code) || paths.has(path)) throw new Error(`declared twice: ${line}`);
      paths.add(path);
      byCode.set(code, { path, kind, bits: Number(bits), changes: [] });
    } else if (keyword !== '$version' && keyword !== '$comment') throw new Error(`unknown keyword: ${line}`);
  }
  if (scopes.length > 0) throw new Error('a scope is never left');
  const times = readChanges(body.trimEnd().split('\n'), byCode);
  const variables = new Map([...byCode.values()].map((variable) => [variable.path, variable]));
  return { timescale, firstTime: times[0] ?? 0, lastTime: times.at(-1) ?? 0, variables };
}

function readChanges(lines: readonly string[], byCode: ReadonlyMap<string, VcdVariable>): number[] {
  const times: number[] = [];
  for (const line of lines) {
    if (line === '$dumpvars' || line === '$end') continue;
    if (line.startsWith('#')) {
      const time = Number(line.slice(1));
      if (!/^#\d+$/.test(line) || time <= (times.at(-1) ?? -1))
        throw new Error(`time does not go on: ${line}`);
      times.push(time);
      continue;
    }
    const [, base = '', value = '', code = ''] = /^([br]?)(\S+?) ?([!-~]+)$/.exec(splitScalar(line)) ?? [];
    const variable = byCode.get(code);
    if (variable === undefined) throw new Error(`a change of nothing: ${line}`);
    const wanted = variable.kind === 'real' ? 'r' : variable.bits === 1 ? '' : 'b';
    if (base !== wanted || VALUES[variable.kind]?.test(value) !== true || value.length > 64)
      throw new Error(line);
    if (base === 'b' && value.length > variable.bits) throw new Error(`too wide: ${line}`);
    variable.changes.push([times.at(-1) ?? 0, value]);
  }
  return times;
}

/** A scalar has its code right after its one character. */
function splitScalar(line: string): string {
  return /^[01x]/.test(line) ? `${line[0]} ${line.slice(1)}` : line;
}
