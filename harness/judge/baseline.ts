/** What is known to fail, and why: the file behind `--baseline` (design, section 7). */
import type { BaselineNote, Report, Result, Verdict } from '../result.ts';
import { idOfKey, matchesPattern } from '../scenario/glob.ts';

export interface BaselineEntry {
  /** Glob on id or key. */
  match: string;
  expected: Verdict;
  kind: 'bug' | 'wontfix' | 'unsupported' | 'todo' | 'flaky';
  reason: string;
  link?: string | undefined;
  /** Last day on which it holds, YYYY-MM-DD. */
  expires?: string | undefined;
  /** Where it stands in the file, from 1. */
  line?: number | undefined;
}

export interface Baseline {
  file: string;
  entries: BaselineEntry[];
}

type Stale = Report['stale'][number];

export interface AppliedBaseline {
  /** The same results in the same order, with what the baseline says of each. */
  results: Result[];
  /** Entries that match nothing in the catalogue, or no longer hold. */
  stale: Stale[];
  /** For people: which lines to delete. */
  notes: string[];
}

/**
 * Holds results against a baseline. Where several entries match, the most exact one counts: a key before an id, an id
 * before a glob, a long glob before a short one.
 *
 * @param keys every key of the loaded catalogue, whatever was selected: an entry is stale only if it matches none
 * @param today YYYY-MM-DD
 */
export function applyBaseline(
  results: readonly Result[],
  { file, entries }: Baseline,
  keys: readonly string[],
  today: string,
): AppliedBaseline {
  const exists = (entry: BaselineEntry) => keys.some((key) => matchesPattern(entry.match, key));
  const expired = (entry: BaselineEntry) => entry.expires !== undefined && entry.expires < today;
  const valid = entries.filter((entry) => !expired(entry)).sort((a, b) => exactness(b.match) - exactness(a.match));
  const places: string[] = [];
  const noted = results.map((result) => {
    const entry = valid.find(({ match }) => matchesPattern(match, result.key));
    if (!entry) return { ...result, baseline: null };
    const state = stateOf(result.verdict, entry);
    if (state === 'unexpected-pass') {
      const place = entry.line === undefined ? file : `${file}:${entry.line}`;
      places.push(`${result.key} passes now: delete "${entry.match}" from the baseline (${place}).`);
    }
    return { ...result, baseline: noteOf(entry, state) };
  });
  const stale = entries
    .filter((entry) => !exists(entry) || expired(entry))
    .map((entry): Stale => ({ match: entry.match, why: exists(entry) ? 'expired' : 'stale' }));
  return { results: noted, stale, notes: places };
}

function stateOf(got: Verdict, { expected, kind }: BaselineEntry): BaselineNote['state'] {
  if (got === 'error') return 'not-judged';
  if (got === expected) return 'met';
  if (got === 'skip' || got === 'inconclusive') return 'not-judged';
  if (got === 'pass') return kind === 'flaky' ? 'met' : 'unexpected-pass';
  return 'changed';
}

function noteOf({ expected, kind, reason, link }: BaselineEntry, state: BaselineNote['state']): BaselineNote {
  return { expected, kind, reason, link: link ?? null, state };
}

/** More for a key than for an id, more for an id than for any glob, more for a longer glob. */
function exactness(match: string): number {
  if (match.includes('*')) return match.replaceAll('*', '').length;
  return idOfKey(match) === match ? 1e6 : 2e6;
}
