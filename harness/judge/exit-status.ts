/** The exit status of `run` (design, section 7). */
import type { Result } from '../result.ts';
import { matchesPattern } from '../scenario/glob.ts';

export interface ExitRules {
  /** A warning counts as a failure. */
  strict: boolean;
  /** The patterns of the command line: control scenarios count as judged only where one of them selected it. */
  patterns: readonly string[];
}

/**
 * 0: nothing unexpected, and something was judged. 1: a fail, an unexpected pass, a changed verdict, a stale or expired
 * baseline entry; with `strict` a warning, too. 2: an inconclusive, an error, or nothing judged. What the baseline
 * expects counts for neither; 1 goes before 2.
 */
export function exitStatus(
  results: readonly Result[],
  stale: readonly unknown[],
  { strict, patterns }: ExitRules,
): 0 | 1 | 2 {
  const failed = (result: Result) =>
    unlisted(result, 'fail') ||
    (strict && unlisted(result, 'warn')) ||
    result.baseline?.state === 'unexpected-pass' ||
    result.baseline?.state === 'changed';
  if (stale.length > 0 || results.some(failed)) return 1;
  return results.some(isOpen) || !results.some((result) => isJudged(result, patterns)) ? 2 : 0;
}

/** It makes the status 2, where nothing makes it 1. */
export const isOpen = (result: Result): boolean => result.verdict === 'error' || unlisted(result, 'inconclusive');

const unlisted = ({ verdict, baseline }: Result, word: Result['verdict']) =>
  verdict === word && baseline?.state !== 'met';

/** It got a verdict that says something about the client. A plain login alone does so only for who asked for it. */
function isJudged({ id, key, verdict }: Result, patterns: readonly string[]): boolean {
  if (verdict !== 'pass' && verdict !== 'warn' && verdict !== 'fail') return false;
  return !id.startsWith('control/') || patterns.some((pattern) => matchesPattern(pattern, key));
}
