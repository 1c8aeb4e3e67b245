/**
 * Whole numbers and plain data as bytes, and back. A number is a varint: seven bits to a byte, the lowest first, a set
 * top bit for "more follows"; one with a sign is folded first (0, -1, 1, -2 become 0, 1, 2, 3). Plain data are what a
 * snapshot, a stimulus or a manifest is made of: null, truth values, numbers, texts, lists, records, typed arrays.
 */

/** Bits of a number go through 32-bit words up to here, and through divisions above. */
const WORD_LIMIT = 0x80000000;
/** Folding doubles a number; from here on the result would no longer be exact. */
const FOLD_LIMIT = 2 ** 52;

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const UNDEFINED = 3;
const INTEGER = 4;
const DECIMAL = 5;
/** `Number.MAX_SAFE_INTEGER`, by which the firmware says never. */
const NEVER = 6;
const TEXT = 7;
/** A text that stood before, by its place among them. */
const KNOWN_TEXT = 8;
const LIST = 9;
const RECORD = 10;
const INT32_ARRAY = 11;
const FLOAT64_ARRAY = 12;
/** Tags from here on are small integers themselves. */
const SMALL = 16;
const SMALL_MIN = -16;
const SMALL_MAX = 255 - SMALL + SMALL_MIN;

/** What is read is not what was written: the bytes end early, or mean nothing. */
export class BytesError extends Error {}

export class ByteWriter {
  private bytes: Uint8Array;
  length = 0;
  private readonly texts = new Map<string, number>();

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** What was written so far; overwritten after a `clear`. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Begins anew, without the texts too. */
  clear(): void {
    this.length = 0;
    this.texts.clear();
  }

  /** Makes room, so that what follows need not look. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  word32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(8);
    const { bytes } = this;
    let { length } = this;
    let rest = value;
    while (rest >= WORD_LIMIT) {
      bytes[length] = (rest % 128) | 128;
      length += 1;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      bytes[length] = (rest & 127) | 128;
      length += 1;
      rest >>>= 7;
    }
    bytes[length] = rest;
    this.length = length + 1;
  }

  /** A whole number between -2^52 and 2^52. */
  signed(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  plain(value: unknown): void {
    switch (typeof value) {
      case 'number':
        this.number(value);
        return;
      case 'string':
        this.text(value);
        return;
      case 'boolean':
        this.byte(value ? TRUE : FALSE);
        return;
      case 'undefined':
        this.byte(UNDEFINED);
        return;
      case 'object':
        this.object(value);
        return;
      default:
        throw new TypeError(`a ${typeof value} is no plain data`);
    }
  }

  private number(value: number): void {
    if (Number.isInteger(value) && value >= SMALL_MIN && value <= SMALL_MAX && !Object.is(value, -0)) {
      this.byte(value - SMALL_MIN + SMALL);
    } else if (value === Number.MAX_SAFE_INTEGER) {
      this.byte(NEVER);
    } else if (Number.isInteger(value) && Math.abs(value) < FOLD_LIMIT && value !== 0) {
      this.byte(INTEGER);
      this.signed(value);
    } else {
      this.byte(DECIMAL);
      this.reserve(8);
      new DataView(this.bytes.buffer, this.bytes.byteOffset + this.length, 8).setFloat64(0, value, true);
      this.length += 8;
    }
  }

  private text(value: string): void {
    const known = this.texts.get(value);
    if (known !== undefined) {
      this.byte(KNOWN_TEXT);
      this.varint(known);
      return;
    }
    this.texts.set(value, this.texts.size);
    this.byte(TEXT);
    const encoded = new TextEncoder().encode(value);
    this.varint(encoded.length);
    this.raw(encoded);
  }

  private object(value: object | null): void {
    if (value === null) {
      this.byte(NULL);
    } else if (Array.isArray(value)) {
      this.items(LIST, value);
    } else if (value instanceof Int32Array) {
      this.items(INT32_ARRAY, value);
    } else if (value instanceof Float64Array) {
      this.items(FLOAT64_ARRAY, value);
    } else if (Object.getPrototypeOf(value) === Object.prototype) {
      const entries = Object.entries(value);
      this.byte(RECORD);
      this.varint(entries.length);
      for (const [key, item] of entries) {
        this.text(key);
        this.plain(item);
      }
    } else {
      throw new TypeError(`${Object.prototype.toString.call(value)} is no plain data`);
    }
  }

  private items(tag: number, items: ArrayLike<unknown>): void {
    this.byte(tag);
    this.varint(items.length);
    for (let i = 0; i < items.length; i++) this.plain(items[i]);
  }
}

export class ByteReader {
  private readonly bytes: Uint8Array;
  position = 0;
  private readonly texts: string[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.position];
    if (value === undefined) throw new BytesError('it ends in the middle of a value');
    this.position += 1;
    return value;
  }

  word32(): number {
    const low = this.byte() | (this.byte() << 8) | (this.byte() << 16);
    return (low | (this.byte() << 24)) >>> 0;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  signed(): number {
    const folded = this.varint();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  plain(): unknown {
    const tag = this.byte();
    if (tag >= SMALL) return tag - SMALL + SMALL_MIN;
    switch (tag) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case UNDEFINED:
        return undefined;
      case INTEGER:
        return this.signed();
      case DECIMAL:
        return this.decimal();
      case NEVER:
        return Number.MAX_SAFE_INTEGER;
      case TEXT:
      case KNOWN_TEXT:
        return this.text(tag);
      case LIST:
        return this.items();
      case INT32_ARRAY:
        return Int32Array.from(this.items() as number[]);
      case FLOAT64_ARRAY:
        return Float64Array.from(this.items() as number[]);
      case RECORD: {
        const record: Record<string, unknown> = {};
        for (let left = this.varint(); left > 0; left--) {
          const key = this.text(this.byte());
          record[key] = this.plain();
        }
        return record;
      }
      default:
        throw new BytesError(`it holds a value of kind ${tag}, which nothing writes`);
    }
  }

  private decimal(): number {
    const view = new DataView(this.slice(8).buffer);
    return view.getFloat64(0, true);
  }

  private text(tag: number): string {
    if (tag === KNOWN_TEXT) {
      const known = this.texts[this.varint()];
      if (known === undefined) throw new BytesError('it names a text that was not written');
      return known;
    }
    if (tag !== TEXT) throw new BytesError('it holds something else where a text belongs');
    // A byte order mark is part of a scenario's bytes, and they are hashed.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.slice(this.varint()));
    this.texts.push(text);
    return text;
  }

  private items(): unknown[] {
    const items: unknown[] = [];
    for (let left = this.varint(); left > 0; left--) items.push(this.plain());
    return items;
  }

  private slice(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.bytes.length) throw new BytesError('it ends in the middle of a value');
    const slice = this.bytes.slice(this.position, end);
    this.position = end;
    return slice;
  }
}
