/** The same attack again and again, each time cut and delayed in another way: finds what a client does only now and then. */
import type { Judgement } from '../judge/judge.ts';
import type { Repeated, Verdict } from '../result.ts';
import type { Attempt } from './attempt.ts';

export interface Repetition {
  /** From 1. */
  n: number;
  made: Attempt;
  judgement: Judgement;
}

export interface Seed {
  seed: string;
  /** The repetition to begin with. */
  first: number;
}

/** `1.37` is the 37th repetition of the seed `1`, and `1` its first. */
export function parseSeed(text: string): Seed {
  const [, seed, first] = /^(.+)\.([1-9]\d{0,5})$/.exec(text) ?? [];
  return seed === undefined ? { seed: text, first: 1 } : { seed, first: Number(first) };
}

/** What is told of many: the worst that happened. An attack that mostly could not be judged is not withstood. */
const RANK: Record<Verdict, number> = { fail: 0, error: 1, warn: 2, pass: 3, inconclusive: 4, skip: 5 };

/** Seeds that are named, at most. */
const MOST_SEEDS = 5;

/**
 * Runs it `count` times, from repetition `first` on, and returns the first of those with the worst verdict, and the count
 * of all; null where once was enough: what is skipped would be skipped again.
 */
export async function repeat(
  { seed, first }: Seed,
  count: number,
  once: (n: number) => Promise<Repetition>,
): Promise<{ shown: Repetition; repeated: Repeated | null }> {
  let shown = await once(first);
  if (count === 1 || shown.judgement.verdict === 'skip') return { shown, repeated: null };
  const verdicts: Record<Verdict, number> = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0 };
  const all: [number, Verdict][] = [];
  const tally = (one: Repetition) => {
    verdicts[one.judgement.verdict] += 1;
    all.push([one.n, one.judgement.verdict]);
    if (isWorse(one, shown)) shown = one;
  };
  tally(shown);
  await Promise.all(Array.from({ length: count - 1 }, async (_, index) => tally(await once(first + 1 + index))));
  const { verdict } = shown.judgement;
  const seeds = all.filter(([, one]) => one === verdict && isNews(one)).sort(([a], [b]) => a - b);
  const repeated = { of: count, verdicts, seeds: seeds.slice(0, MOST_SEEDS).map(([n]) => `${seed}.${n}`) };
  return { shown: verdicts.inconclusive > count / 2 ? undecided(shown, verdicts, count) : shown, repeated };
}

const isNews = (verdict: Verdict) => verdict === 'fail' || verdict === 'warn' || verdict === 'error';

function isWorse(one: Repetition, other: Repetition): boolean {
  const difference = RANK[one.judgement.verdict] - RANK[other.judgement.verdict];
  return difference < 0 || (difference === 0 && one.n < other.n);
}

function undecided(shown: Repetition, { inconclusive }: Record<Verdict, number>, count: number): Repetition {
  if (shown.judgement.verdict !== 'pass') return shown;
  const reason = `${inconclusive} of ${count} repetitions were inconclusive`;
  return { ...shown, judgement: { ...shown.judgement, verdict: 'inconclusive', reason } };
}
