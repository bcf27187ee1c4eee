/** Measures two or more things in turn, so that what else the machine does falls on all of them alike. */

/** The median of one of the numbers that were measured. */
export type Medians<M> = (of: keyof M) => number;

/** A B, A B, A B... */
export async function inTurns<T extends string, M extends object>(
  rounds: number,
  things: Record<T, () => Promise<M>>,
): Promise<Record<T, Medians<M>>> {
  const names = Object.keys(things) as T[];
  const measured = new Map<T, M[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) measured.get(name)?.push(await things[name]());
  }
  const medians = [...measured].map(([name, all]) => [
    name,
    (of: keyof M) => median(all.map((one) => Number(one[of]))),
  ]);
  return Object.fromEntries(medians);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
