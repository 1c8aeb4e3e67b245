/**
 * Randomness without a generator. A value is a hash of (seed, stream, counter), so any of them can be asked for
 * in any order, any number of times, and asking changes nothing. A sequential generator would make the world
 * depend on who looked how often, and time could not be skipped.
 *
 * Each consumer has its own stream, named in words: adding a consumer never moves another one's values.
 */

/** Murmur3's finaliser: every input bit reaches every output bit. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A stream's number from its name (FNV-1a over the character codes). */
export function streamOf(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** 0 to 2^32 - 1. The counter counts modulo 2^32: 136 years of ticks of a second. */
export function hash(seed: number, stream: number, counter: number): number {
  return drawn(keyOf(seed, stream), counter);
}

/** Seed and stream in one number, for whoever draws from the same stream again and again. */
export function keyOf(seed: number, stream: number): number {
  return mix(mix(seed | 0) ^ (stream | 0));
}

/** The hash under such a key. */
export function drawn(key: number, counter: number): number {
  return mix((key + Math.imul(counter | 0, 0x9e3779b1)) | 0) >>> 0;
}

/** Uniform in 0 to count - 1. From 2^21 on the product rounds, alike on every engine, and never up to `count`. */
export function below(count: number, hashed: number): number {
  return Math.floor((hashed * count) / 4294967296);
}

/** Triangular in -amplitude to +amplitude: two uniform halves of one hash, added. Clipped by construction. */
export function triangular(amplitude: number, hashed: number): number {
  const first = Math.floor(((hashed & 0xffff) * (amplitude + 1)) / 65536);
  const second = Math.floor(((hashed >>> 16) * (amplitude + 1)) / 65536);
  return first + second - amplitude;
}
