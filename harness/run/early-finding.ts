/** Whether what has just been observed breaks a rule that is never right: the attempt need not go on for long, then. */
import type { Observation } from '../../src/transcript.ts';
import { neverFindings, type Rules } from '../judge/findings.ts';
import type { Context } from '../judge/observation-rule.ts';
import { viewOf } from '../judge/view.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** `observations`: the transcript, to which the observation that is asked about was added last. */
export function earlyFinding(
  scenario: Scenario,
  rules: Rules,
  observations: readonly Observation[],
  about: Context,
): (o: Observation) => boolean {
  const isNew = whatIsGivenAway();
  return (o) =>
    isNew(o) && neverFindings(viewOf(observations), scenario, about, rules).some(({ level }) => level === 'must');
}

/**
 * Cheap, for it is asked of every observation: what goes to an honest peer inside TLS breaks no rule that is never right.
 * Of each kind only the first counts: the rules look at the whole transcript, and a client may send stanzas without end
 * where that is only a warning.
 */
function whatIsGivenAway(): (o: Observation) => boolean {
  const honest = new Set<number>();
  const seen = new Set<string>();
  return (o) => {
    if (o.layer === 'tls' && o.type === 'handshake') {
      // A new handshake may have shown another peer, and what goes there then counts anew.
      seen.clear();
      if (o.peer === 'honest') honest.add(o.connection);
      else honest.delete(o.connection);
    }
    const kind = kindOf(o, honest);
    if (kind === null || seen.has(kind)) return false;
    seen.add(kind);
    return true;
  };
}

/** Of what is given away; null: it is nothing of the sort. */
function kindOf(o: Observation, honest: ReadonlySet<number>): string | null {
  if ('secrets' in o) return `${o.connection} ${o.phase} ${o.secrets?.map(({ secret }) => secret).join()}`;
  if (!('credential' in o) || o.layer === 'tls') return null;
  if (o.phase !== 'clear' && honest.has(o.connection)) return null;
  return `${o.connection} ${o.phase} ${o.credential} ${'name' in o ? o.name : o.type}`;
}
