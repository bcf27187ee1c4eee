/** The control of a scenario: the same session without the attack (design, section 2.6). Derived, never written. */
import type { ScriptItem } from '../../../src/script/script.ts';
import { isRequest } from '../../../src/services/call.ts';
import { correctForgery, type Forgery } from '../../../src/tls/records/forgery.ts';
import { PROBES } from '../../judge/probes.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { AttemptPlan, Circumstances } from './attempt-plan.ts';
import { basePlan, UNTIL_ACCEPTED } from './base.ts';
import { controlEntity, insideTls, repaired, twinOf } from './control-entity.ts';
import { callsServer, forgeries, injectedIqs, takesCertificate } from './wants.ts';

/** The scenario without its script, with good credentials, and its ways to log in inside TLS only. */
export function controlPlan(scenario: Scenario, around: Circumstances): AttemptPlan {
  const reconnects = wantsReconnect(scenario);
  const forged = forgeries(scenario.script)[0];
  if (forged) return forgedTwin(scenario, around, forged);
  const iqs = scenario.needs.includes('answers-iq') ? injectedIqs(scenario.script) : [];
  const base = basePlan(scenario, around);
  return {
    ...base,
    receiving: around.upstream ? 'relayed' : 'simulated',
    entity: controlEntity(scenario),
    endpoints: Object.fromEntries(
      Object.entries(scenario.endpoints).map(([name, { credential: own, transport }]) => [
        name,
        { credential: twinOf(own), ...(transport && { transport }) },
      ]),
    ),
    given: scenario.given ?? null,
    session: scenario.session,
    certified: !around.server && takesCertificate(scenario),
    calls: callsServer(scenario, around),
    // None that comes back within the limit is to be taken for one that does not.
    reconnectMs: reconnects ? around.timeoutMs / 2 : 0,
    script: reconnects ? [closing(scenario)] : [],
    afterBind: iqs,
    probes: scenario.needs.filter((need) => Object.hasOwn(PROBES, need)),
    until:
      scenario.session === 'stay'
        ? { connection: reconnects ? 2 : 1, answerMs: iqs.length > 0 ? LONGEST_ANSWER : null, claimMs: 0 }
        : isRequest(scenario.entity.call)
          ? { ...UNTIL_ACCEPTED, answerMs: LONGEST_ANSWER_OF_SERVER }
          : base.until,
  };
}

/** Clients answer a ping at once, and other requests when their event loop comes to it. Milliseconds. */
const LONGEST_ANSWER = 2_000;
/** It has to open a stream for it first. Milliseconds. */
const LONGEST_ANSWER_OF_SERVER = 5_000;

/** The same flight with nothing wrong in it: a client that does not go on then would pass for any reason. */
function forgedTwin(scenario: Scenario, around: Circumstances, forged: Forgery): AttemptPlan {
  return {
    ...basePlan(scenario, around),
    receiving: 'simulated',
    entity: { ...insideTls(scenario.entity), credential: repaired(scenario) },
    script: [{ on: 'tls-handshake', do: { forge: correctForgery(forged) } }],
  };
}

/** A good session is closed to see whether the client comes back, unless the scenario only wants it to stay. */
function wantsReconnect({ session, needs }: Scenario): boolean {
  return needs.includes('stay') || (session === 'stay' && !needs.includes('answers-iq'));
}

/** A session that can be taken up is closed once the client knows that it can. */
function closing({ needs, entity }: Scenario): ScriptItem {
  // Over SASL2 it is told with the login itself.
  if (needs.includes('resumption') && entity.mechanisms.tls.length > 0)
    return { on: 'enabled', connection: 1, do: { close: 'after' } };
  return { on: 'online', connection: 1, do: { close: 'instead' } };
}

/** Nothing is done to the client: what it does in the control is all that there is to judge. */
export function onlyListens(scenario: Scenario): boolean {
  const { script, session, needs, endpoints, entity } = scenario;
  return (
    script.length === 0 &&
    session === 'once' &&
    needs.every((need) => need === 'dns') &&
    Object.keys(endpoints).length === 0 &&
    JSON.stringify(entity) === JSON.stringify(controlEntity(scenario))
  );
}
