/** The result of a scenario that somebody asked for by itself, and who sees no other result. */
import type { Result } from '../result.ts';

/**
 * What is never right counts also where only the base control showed it: a run tells it with `control/login`, beside the
 * scenarios; without that a client that sends its password in clear even to a good server would pass.
 *
 * @param base the result of the base control that `result` rests on; null where it broke no rule.
 */
export function alone(result: Result, base: Result | null): Result {
  if (base?.verdict !== 'fail' || result.verdict === 'fail' || result.verdict === 'error') return result;
  const { id, key, title, importance, rerun, baseline } = result;
  return { ...base, id, key, title, importance, rerun, baseline, reason: 'in its base control, without any attack' };
}
