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
  const givenAway = whatIsGivenAway();
  return (o) => givenAway(o) && breaksRule(rules, scenario, observations, about);
}

/** Cheap, for it is asked of every observation: what goes to an honest peer inside TLS breaks no rule that is never right. */
function whatIsGivenAway(): (o: Observation) => boolean {
  const honest = new Set<number>();
  return (o) => {
    if (o.layer === 'tls' && o.type === 'handshake' && o.peer === 'honest') honest.add(o.connection);
    if ('secrets' in o) return true;
    if (!('credential' in o) || o.layer === 'tls') return false;
    return o.phase === 'clear' || !honest.has(o.connection);
  };
}

function breaksRule(rules: Rules, scenario: Scenario, observations: readonly Observation[], about: Context): boolean {
  return neverFindings(viewOf(observations), scenario, about, rules).some(({ level }) => level === 'must');
}
