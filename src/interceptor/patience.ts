/** A limit for something that has to be read first. */

/** Milliseconds. */
const STEP = 25;

/**
 * Settles with `done`, or when `ms` milliseconds have passed in which this process could read. Those in which it was busy,
 * and what was to be read lay in the system, are none.
 */
export async function atMost(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    let left = ms;
    const step = () => {
      left -= STEP;
      if (left <= 0) resolve();
      else timer = setTimeout(step, Math.min(STEP, left));
    };
    timer = setTimeout(step, Math.min(STEP, ms));
  });
  await Promise.race([done, limit]);
  clearTimeout(timer);
}
