/** So many at a time, in the order of asking. */

/** A task that only waits may give its place up, once. */
export type InTurn = <T>(task: (giveUpPlace: () => void) => Promise<T>) => Promise<T>;

/** Tasks that have given up their place are still there: with those there are at most so many times the places. */
const CROWD = 8;

/** @param places at least 1 */
export function createTurns(places: number): InTurn {
  let free = Math.max(1, places);
  let room = free * CROWD;
  const waiting: (() => void)[] = [];
  const admit = () => {
    while (free > 0 && room > 0) {
      const next = waiting.shift();
      if (!next) return;
      free -= 1;
      room -= 1;
      next();
    }
  };
  return async (task) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      admit();
    });
    let holds = true;
    const giveUpPlace = () => {
      if (!holds) return;
      holds = false;
      free += 1;
      admit();
    };
    try {
      return await task(giveUpPlace);
    } finally {
      room += 1;
      giveUpPlace();
      admit();
    }
  };
}
