/** A repeatable source of randomness, for segmentation only. */
import { createHash } from 'node:crypto';

/** Numbers from 0 (inclusive) to 1 (exclusive): the same seed gives the same row (xorshift, Marsaglia 2003). */
export function randomFrom(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
