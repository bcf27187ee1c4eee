/** So many at a time, in the order of asking. */

export type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

/** @param places at least 1 */
export function createTurns(places: number): InTurn {
  let free = Math.max(1, places);
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
