/** What the initiating entity did, in one word (design, section 7): the first that holds. */
import type { Outcome } from '../result.ts';
import { pick, sessions, type View } from './view.ts';

/** A driver's exit status for "this is unsupported". */
export const UNSUPPORTED = 77;

export function outcomeOf(view: View): Outcome {
  if (sessions(view).length > 0) return 'online';
  if (saysUnsupported(view)) return 'unsupported';
  if (view.connections.length === 0) return 'never-connected';
  const { exit } = view;
  if (exit && exit.signal !== null && !exit.ours) return 'crashed';
  if (pick(view.observations, 'run', 'limit').some(({ limit }) => limit === 'connected')) return 'hung';
  // Who was first on the last connection; the other side's end follows.
  const last = view.connections.at(-1);
  const closed = pick(view.observations, 'tcp', 'closed').find(({ connection }) => connection === last);
  return closed?.from === 'mallory' ? 'closed' : 'refused';
}

export function saysUnsupported(view: View): boolean {
  return (view.exit?.code === UNSUPPORTED && !view.exit.ours) || view.claim?.result === 'unsupported';
}
