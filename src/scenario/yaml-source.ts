/**
 * From bytes to plain data, with a way back from a path to line and column. The only file that knows YAML.
 *
 * Everything that a file can do to a reader ends here as a problem: too long, binary, two documents in one, an alias
 * bomb, nesting that would exhaust the stack.
 */
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { printable, quoted } from './nearest.ts';
import type { Path } from './problem.ts';

/** The longest scenario of the library has a few kB; a megabyte is some other file. */
export const MAX_DOCUMENT_BYTES = 1_000_000;
/** Deeper nesting than the language's deepest word several times over. */
const MAX_NESTING = 40;
/** Where the text isn't YAML, one slip is complained about over and over. */
const MAX_COMPLAINTS = 20;

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem extends Place {
  readonly message: string;
}

export interface Source {
  readonly data: unknown;
  /** The place of the deepest part of the path that exists; `key` points at its key instead of its value. */
  locate(path: Path, at: 'key' | 'value'): Place;
}

/** `noun` is what the file should be, for messages: a scenario, say. */
export function readSource(
  bytes: Uint8Array,
  noun: string,
): { source: Source } | { problems: SourceProblem[] } {
  const text = decode(bytes, noun);
  if (typeof text !== 'string') return { problems: [text] };
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (isNestedTooDeeply(text)) return { problems: [{ line: 1, column: 1, message: tooDeep(noun) }] };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const complaints = [
    ...[...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
      offset: pos[0],
      message: explainYaml(code, message, text, pos[0]),
    })),
    ...keyComplaints(document, (offset) => place(offset).line),
  ].sort((a, b) => a.offset - b.offset);
  if (complaints.length > 0) {
    return {
      problems: complaints
        .slice(0, MAX_COMPLAINTS)
        .map(({ offset, message }) => ({ ...place(offset), message })),
    };
  }
  const outline = checkOutline(document, noun, place);
  if (outline !== null) return { problems: [outline] };
  let data: unknown;
  try {
    data = document.toJS();
  } catch {
    return { problems: [{ ...place(troublesomeAlias(document)), message: ALIAS_TROUBLE }] };
  }
  const finder = new Finder(document);
  return { source: { data, locate: (path, at) => place(finder.offsetOf(path, at)) } };
}

const tooDeep = (noun: string): string =>
  `the file is nested more than ${MAX_NESTING} levels deep; no ${noun} needs that: close the brackets and check the indentation`;
const ALIAS_TROUBLE =
  'this alias (*name) has no anchor (&name) before it, or expands without bound; write the value out';

function decode(bytes: Uint8Array, noun: string): string | SourceProblem {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    return {
      line: 1,
      column: 1,
      message: tooLong(bytes.length, noun),
    };
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    return {
      ...placeOfByte(bytes, nul),
      message: 'the file holds a NUL byte, so it is binary or UTF-16; save it as UTF-8 text',
    };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return {
      ...placeOfByte(bytes, firstInvalidByte(bytes)),
      message: 'not valid UTF-8 here; save the file as UTF-8 text',
    };
  }
}

export function tooLong(bytes: number, noun: string): string {
  return `the file has ${bytes} bytes, more than the ${MAX_DOCUMENT_BYTES} a ${noun} may have; is this the right file?`;
}

function placeOfByte(bytes: Uint8Array, offset: number): Place {
  const lineStart = bytes.lastIndexOf(10, offset - 1) + 1;
  const before = new TextDecoder().decode(bytes.subarray(offset === 0 ? 0 : lineStart, offset));
  let line = 1;
  for (let i = 0; i < offset; i++) if (bytes[i] === 10) line += 1;
  return { line, column: before.length + 1 };
}

/** A stream decoder fails on the chunk that breaks: halve the file until that is one byte. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  return valid;
}

/** Before the parser, which recurses. Brackets in prose count too; nobody writes forty of them unclosed. */
function isNestedTooDeeply(text: string): boolean {
  let brackets = 0;
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    const dashes = (/^(?:[-?:] +)*/.exec(line.trimStart())?.[0].length ?? 0) / 2;
    if (indent / 2 + dashes > 4 * MAX_NESTING) return true;
    for (const character of line) {
      if (character === '[' || character === '{') brackets += 1;
      else if ((character === ']' || character === '}') && brackets > 0) brackets -= 1;
      if (brackets > MAX_NESTING) return true;
    }
  }
  return false;
}

function checkOutline(
  document: Document,
  noun: string,
  place: (offset: number) => Place,
): SourceProblem | null {
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    return { line: 1, column: 1, message: `the file is empty; a ${noun} begins with \`version: 1\`` };
  }
  if (!isMap(root)) {
    const at = root.range?.[0] ?? 0;
    return {
      ...place(at),
      message: `a ${noun} is a map of keys and values beginning with \`version: 1\`, not a list or a single value`,
    };
  }
  return null;
}

/** What to do, for the errors that people make; the parser's own words for the rest. */
function explainYaml(code: string, message: string, text: string, offset: number): string {
  // Of what is open in brackets the parser says which character would end it.
  const closing = /end with a ([\]}])$/.exec(message)?.[1];
  if (closing !== undefined) {
    return `a ${closing === '}' ? '{' : '['} before this is not closed; write its ${closing}, or indent what goes on inside it`;
  }
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'a second document begins here; keep one to a file and remove the `---`';
    case 'TAG_RESOLVE_FAILED':
      return 'tags (words that begin with !) mean nothing here; remove it';
    case 'TAB_AS_INDENT':
      return TAB;
    case 'BAD_INDENT':
      return isIndentedByTab(text, offset)
        ? TAB
        : `${printable(message)}; line the key up with its neighbours`;
    default:
      return `not valid YAML: ${printable(message)}; check the quotes, brackets and indentation just before this`;
  }
}

const TAB = 'a tab is used for indentation; use spaces';

function isIndentedByTab(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return (/^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '').includes('\t');
}

/** The first alias without an anchor, else the first alias at all: where an expansion went wrong. */
function troublesomeAlias(document: Document): number {
  let first: number | undefined;
  let unresolved: number | undefined;
  visit(document, {
    Alias(_key, node) {
      const offset = node.range?.[0] ?? 0;
      first ??= offset;
      if (node.resolve(document) === undefined) unresolved ??= offset;
    },
  });
  return unresolved ?? first ?? 0;
}

/** The parser's own check of unique keys is quadratic, and knows no line of the first. */
function keyComplaints(
  document: Document,
  lineOf: (offset: number) => number,
): { offset: number; message: string }[] {
  const complaints: { offset: number; message: string }[] = [];
  visit(document, {
    Map(_key, map) {
      const firstOf = new Map<string, number>();
      for (const { key } of map.items) {
        const offset = (key as Node | null)?.range?.[0] ?? map.range?.[0] ?? 0;
        if (!isScalar(key)) {
          complaints.push({ offset, message: 'a key is a single word here; write it without brackets' });
          continue;
        }
        const name = String(key.value);
        const first = firstOf.get(name);
        if (first === undefined) firstOf.set(name, offset);
        else {
          const message = `the key ${quoted(name)} stands on line ${lineOf(first)} of the same map already; keep one of the two`;
          complaints.push({ offset, message });
        }
      }
    },
  });
  return complaints;
}

/** Finds the node of a path; remembers the keys of each map, since a file may have very many. */
class Finder {
  private readonly pairsOf = new WeakMap<YAMLMap, Map<string, Pair>>();
  private readonly document: Document;

  constructor(document: Document) {
    this.document = document;
  }

  offsetOf(path: Path, at: 'key' | 'value'): number {
    let node: Node | null = this.document.contents;
    let key: unknown;
    let offset = node?.range?.[0] ?? 0;
    let isWhole = true;
    for (const step of path) {
      // At an alias, the alias is where the reader has to look first.
      const next = isAlias(node) ? undefined : this.step(node, step);
      if (next === undefined) {
        isWhole = false;
        break;
      }
      ({ key, node } = next);
      offset = node?.range?.[0] ?? (isScalar(key) ? key.range?.[0] : undefined) ?? offset;
    }
    // What is missing is best seen at the key of the map that lacks it.
    return (at === 'key' || !isWhole) && isScalar(key) ? (key.range?.[0] ?? offset) : offset;
  }

  private step(node: Node | null, step: string | number): { key: unknown; node: Node | null } | undefined {
    if (isMap(node)) {
      const pair = this.pairs(node).get(String(step));
      return pair === undefined ? undefined : { key: pair.key, node: pair.value as Node | null };
    }
    if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step];
      return item === undefined ? undefined : { key: undefined, node: item as Node | null };
    }
    return undefined;
  }

  private pairs(map: YAMLMap): Map<string, Pair> {
    let pairs = this.pairsOf.get(map);
    if (pairs === undefined) {
      pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]));
      this.pairsOf.set(map, pairs);
    }
    return pairs;
  }
}
