/** How much of what was seen the transcript keeps. A client that floods must not fill the memory through its evidence. */

/** Characters of an element, and of octets that are no XML. */
export const KEPT_XML = 8_192;
export const KEPT_BYTES = 512;

/** Characters of all texts of a scenario together; what comes later is cut to a few. */
const BUDGET = 512 * 1_024;
const THEN = 128;

export type Keep = (text: string, most: number) => string;

export function createKeeper(): Keep {
  let spent = 0;
  return (text, most) => {
    const limit = spent > BUDGET ? Math.min(THEN, most) : most;
    const length = Math.min(text.length, limit);
    spent += length;
    // A slice of a string keeps the whole of it in memory: a copy does not.
    return text.length <= limit ? text : Buffer.from(text.slice(0, length)).toString();
  };
}
