/**
 * Columns of whole numbers as bytes, small enough for a page: each number as the difference to the one before it, in as
 * many bytes as that needs. An unknown value (NaN) is a 0 of its own. Made for numbers below 2^52.
 */

/** Of a column: its length, then each difference by zigzag and one more, so that 0 stays free. */
export function packColumns(columns: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Bytes();
  for (const column of columns) {
    bytes.push(column.length);
    let last = 0;
    for (let i = 0; i < column.length; i += 1) {
      const value = column[i]!;
      if (Number.isNaN(value)) {
        bytes.push(0);
        continue;
      }
      const difference = value - last;
      bytes.push(difference >= 0 ? 2 * difference + 1 : -2 * difference);
      last = value;
    }
  }
  return bytes.whole();
}

export function unpackColumns(bytes: Uint8Array): Float64Array[] {
  const columns: Float64Array[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw new RangeError('the data of this page ends too early');
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const column = new Float64Array(next());
    let last = 0;
    for (let i = 0; i < column.length; i += 1) {
      const code = next();
      if (code !== 0) last += code % 2 === 1 ? (code - 1) / 2 : -code / 2;
      column[i] = code === 0 ? Number.NaN : last;
    }
    columns.push(column);
  }
  return columns;
}

/** Whole numbers from 0 on, seven bits a byte, the lowest first. */
class Bytes {
  private array = new Uint8Array(4096);
  private length = 0;

  push(value: number): void {
    if (this.length + 8 > this.array.length) {
      const larger = new Uint8Array(2 * this.array.length);
      larger.set(this.array);
      this.array = larger;
    }
    let rest = value;
    while (rest >= 128) {
      this.array[this.length] = (rest % 128) + 128;
      this.length += 1;
      rest = Math.floor(rest / 128);
    }
    this.array[this.length] = rest;
    this.length += 1;
  }

  whole(): Uint8Array {
    return this.array.slice(0, this.length);
  }
}
