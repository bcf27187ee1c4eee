/** Verdicts counted, and families of scenarios. */
import type { Result, Verdict } from '../result.ts';

/** From good to bad. */
export const VERDICTS: readonly Verdict[] = ['pass', 'warn', 'fail', 'skip', 'inconclusive', 'error'];

export const familyOf = ({ id }: { id: string }): string => id.split('/', 1).join();

/** Results by their family, in the order in which they first come. */
export function familiesOf(results: readonly Result[]): Map<string, Result[]> {
  const families = new Map<string, Result[]>();
  for (const result of results) families.set(familyOf(result), [...(families.get(familyOf(result)) ?? []), result]);
  return families;
}

/** `3 pass, 1 fail`; empty where there is none. */
export function tally(results: readonly { verdict: Verdict }[]): string {
  return VERDICTS.map((verdict) => ({ verdict, n: results.filter((one) => one.verdict === verdict).length }))
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${verdict}`)
    .join(', ');
}

const RANK = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** For `sort`: failures before all else, then by importance. */
export const worstFirst = (a: Result, b: Result): number =>
  Number(a.verdict !== 'fail') - Number(b.verdict !== 'fail') || RANK[a.importance] - RANK[b.importance];

/** `slixmpp 1.8.2`, as the report calls it. */
export const nameOf = ({ client }: { client: { label: string; version: string | null } }): string =>
  [client.label, client.version].filter(Boolean).join(' ');
