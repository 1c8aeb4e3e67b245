import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AUTHENTICATED,
  AUTHENTICATION_BYTES,
  crc16,
  FRAME_VERSION,
  FRAME_WORDS_MAX,
  openFrame,
  sealFrame,
} from '../../../src/core/telemetry/frame.ts';

const bytesOf = (hex: string): number[] => [...Buffer.from(hex.replaceAll(' ', ''), 'hex')];

/** Bit by bit, as the standard has it. */
function crcBitByBit(bytes: readonly number[]): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

describe('the check of a frame', () => {
  it('has the check value of CRC-16/CCITT-FALSE [SR-TEL-2]', () => {
    const digits = Array.from('123456789', (digit) => digit.charCodeAt(0));
    expect(crc16(digits, 9)).toBe(0x29b1);
    expect(crc16([], 0)).toBe(0xffff);
  });

  it('is the sum worked out bit by bit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 120 }), (bytes) => {
        expect(crc16(bytes, bytes.length)).toBe(crcBitByBit(bytes));
      }),
    );
  });
});

describe('a frame', () => {
  it('is laid out as documented', () => {
    // Version 1, request 14, number 0x0102, four bytes: one word of -2.
    const bytes = sealFrame(14, 0x0102, [-2], 1);
    const check = crcBitByBit([1, 14, 1, 2, 4, 255, 255, 255, 254]);
    expect([...bytes]).toEqual([1, 14, 1, 2, 4, 255, 255, 255, 254, check >> 8, check & 255]);
  });

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 65_535 }),
        fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: FRAME_WORDS_MAX }),
        (type, number, words) => {
          const frame = openFrame(sealFrame(type, number, words, words.length))!;
          expect([frame.type, frame.number, [...frame.words]]).toEqual([type, number, words]);
        },
      ),
    );
  });

  it('with a flipped bit anywhere, two of them, or a piece missing is none [SR-TEL-2]', () => {
    const whole = [...sealFrame(5, 7, [3, 250_000], 2)];
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const flipped = whole.slice();
      flipped[bit >> 3]! ^= 128 >> (bit & 7);
      expect(openFrame(flipped), `bit ${bit}`).toBeNull();
      for (let second = bit + 1; second < 8 * whole.length; second++) {
        const twice = flipped.slice();
        twice[second >> 3]! ^= 128 >> (second & 7);
        expect(openFrame(twice), `bits ${bit} and ${second}`).toBeNull();
      }
    }
    for (let length = 0; length < whole.length; length++) {
      expect(openFrame(whole.slice(0, length))).toBeNull();
      expect(openFrame(whole.slice(whole.length - length))).toBeNull();
    }
    expect(openFrame([...whole, 0])).toBeNull();
  });

  it('of another version, of half a word or too long is none, however good its check', () => {
    const sealed = (head: readonly number[]): number[] => {
      const check = crcBitByBit(head);
      return [...head, check >> 8, check & 255];
    };
    expect(openFrame(sealed([2, 1, 0, 1, 0]))).toBeNull();
    expect(openFrame(sealed([0, 1, 0, 1, 0]))).toBeNull();
    expect(openFrame(sealed([1, 1, 0, 1, 2, 0, 0]))).toBeNull();
    const most = 4 * FRAME_WORDS_MAX;
    const payload = (bytes: number): number[] => [1, 1, 0, 1, bytes, ...Array<number>(bytes).fill(7)];
    expect(openFrame(sealed(payload(most)))?.words).toHaveLength(FRAME_WORDS_MAX);
    expect(openFrame(sealed(payload(most + 4)))).toBeNull();
  });

  it('may carry eight bytes of authentication, which the check covers [SR-SESSION-2]', () => {
    const head = [
      FRAME_VERSION + AUTHENTICATED,
      ...bytesOf('01 0007 04 0000002a'),
      ...bytesOf('a1a2a3a4a5a6a7a8'),
    ];
    expect(head).toHaveLength(5 + 4 + AUTHENTICATION_BYTES);
    const check = crcBitByBit(head);
    const bytes = [...head, check >> 8, check & 255];
    expect([...openFrame(bytes)!.words]).toEqual([42]);
    for (let i = 9; i < 17; i++) {
      const forged = bytes.slice();
      forged[i]! ^= 1;
      expect(openFrame(forged), `byte ${i}`).toBeNull();
    }
    // Said to be there and missing, or there and not said.
    expect(openFrame([...bytes.slice(0, 9), ...bytes.slice(17)])).toBeNull();
    expect(openFrame([1, ...bytes.slice(1)])).toBeNull();
  });
});
