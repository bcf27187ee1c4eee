/** How much of what was seen the transcript keeps. A client that floods must not fill the memory through its evidence. */

/** Characters of an element, of octets that are no XML, and of a name or a value. */
export const KEPT_XML = 8_192;
export const KEPT_BYTES = 512;
export const KEPT_WORD = 4_096;

/** Characters of all texts of a scenario together; what comes later is cut to a few. */
const BUDGET = 512 * 1_024;
const THEN = 128;

/** The text is no slice of another, nor made of slices, unless `Buffer.from` has put it into one piece: see `copyOf`. */
export type Keep = (text: string, most: number) => string;

export function createKeeper(): Keep {
  let spent = 0;
  return (text, most) => {
    const limit = spent > BUDGET ? Math.min(THEN, most) : most;
    const length = Math.min(text.length, limit);
    spent += length;
    return length === text.length ? text : copyOf(text.slice(0, length));
  };
}

/** V8 copies what it cuts out of a string only below this many characters. */
const SLICE_MINIMUM = 13;

/** A slice of a string keeps the whole of it in memory, here a chunk from the network; a copy does not. */
export function copyOf(text: string): string {
  return text.length < SLICE_MINIMUM ? text : Buffer.from(text).toString();
}
