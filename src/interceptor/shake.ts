/** Cuts and delays what is written, at random: what a client does wrong only now and then, it does sooner so. */

export interface Piece {
  bytes: Buffer;
  /** Milliseconds to wait before it is written. */
  afterMs: number;
}

/** Pieces of one write, at most. Few: it is the place of a cut that matters, and every one costs. */
const MOST_PIECES = 4;
/** Milliseconds, at most: longer than a turn of any event loop, and short enough for hundreds of repetitions. */
const MOST_DELAY = 3;
/** Of all writes, how many are cut, and of all pieces, how many come late. */
const CUT = 0.5;
const LATE = 0.25;

/**
 * @param random numbers from 0 to 1
 * @param whole whether the bytes have to stay in one piece, for that is what a script wants of them
 */
export function shaken(bytes: Buffer, random: () => number, whole: boolean): Piece[] {
  const pieces = whole || random() >= CUT ? 1 : 2 + Math.floor(random() * (MOST_PIECES - 1));
  const cuts = Array.from({ length: pieces - 1 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b);
  const bounds = [0, ...cuts, bytes.length];
  return bounds
    .slice(1)
    .map((bound, index) => bytes.subarray(bounds[index], bound))
    .filter(({ length }) => length > 0)
    .map((piece) => ({ bytes: piece, afterMs: random() < LATE ? 1 + Math.floor(random() * MOST_DELAY) : 0 }));
}
