/** What a control's transcript says about the client. */
import { isRequest } from '../../src/services/call.ts';
import type { Observation } from '../../src/transcript.ts';
import { neverFindings, type Rules } from '../judge/findings.ts';
import { acceptances } from '../judge/handshake-observations.ts';
import type { ControlFacts } from '../judge/judge.ts';
import { outcomeOf, saysUnsupported } from '../judge/outcome.ts';
import { PROBES } from '../judge/probes.ts';
import { pick, sessions, type View, viewOf } from '../judge/view.ts';
import type { Finding, Outcome } from '../result.ts';
import { NEEDS, type Need } from '../scenario/needs.ts';
import type { Attempt } from './attempt.ts';
import { diagnose } from './diagnose.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import { GOOD, GOOD_FOR_SERVERS } from './plan/base.ts';
import { areByScript, profileOf } from './plan/profile.ts';
import { forgeries } from './plan/wants.ts';
import { serverFailed, throughTunnel } from './relay.ts';

export interface ControlRecord extends ControlFacts {
  /** What is never right and was seen even here. */
  findings: Finding[];
  /** From the session to the answer to the scenario's iq, in milliseconds; 0 where there was none. */
  answerMs: number;
  /** Default: simulated. */
  receiving?: AttemptPlan['receiving'];
  /** It is simulated because the real server would not have a login, bound to the channel, relayed to it. Default: false. */
  boundAtServer?: boolean;
  outcome: Outcome;
  attempt: Attempt | null;
  durationMs: number;
  reconnectMs: number;
}

/** What a control's transcript says about the client. */
export function readControl(plan: AttemptPlan, attempt: Attempt, rules: Rules): ControlRecord {
  const view = viewOf(attempt.observations);
  if (forgeries(plan.script).length > 0) return readForgedTwin(plan, attempt, view, rules);
  const connected = pick(attempt.observations, 'tcp', 'connected');
  const session = plan.receiving === 'tunnel' ? throughTunnel(view) : sessions(view)[0];
  const answer = answerTo(attempt.canary, view);
  const state = stateOf(plan, view, { online: session !== undefined, answered: answer !== undefined });
  return {
    profile: profileOf(plan),
    receiving: plan.receiving,
    state,
    reason: reasonFor(state, plan, attempt, view),
    loginMs: session && connected[0] ? session.t - connected[0].t : 0,
    helloKind: pick(attempt.observations, 'tls', 'client-hello')[0]?.kind ?? null,
    outcome: plan.receiving === 'tunnel' && session ? 'online' : outcomeOf(view),
    attempt,
    findings: neverFindings(view, { ...plan.scenario, expect: { never: {}, see: {} } }, attempt, rules),
    answerMs: answer && session ? answer.t - (requestIn(attempt)?.t ?? session.t) : 0,
    durationMs: attempt.durationMs,
    reconnectMs: longestAbsence(attempt.observations),
  };
}

/**
 * Milliseconds that the client was without any connection before it came back: some open several at a time, and go on with
 * one. 0 where it never did.
 */
function longestAbsence(observations: readonly Observation[]): number {
  const open = new Set<number>();
  let since: number | null = null;
  let longest = 0;
  for (const o of observations) {
    if (o.layer !== 'tcp') continue;
    if (o.type === 'connected' && o.direction === 'in') {
      if (since !== null) longest = Math.max(longest, o.t - since);
      since = null;
      open.add(o.connection);
    } else if (o.type === 'closed' && open.delete(o.connection) && open.size === 0) since = o.t;
  }
  return longest;
}

const answerTo = (canary: string, { elements }: View) =>
  elements.find(({ iq }) => iq !== undefined && iq.id === canary);

function stateOf(plan: AttemptPlan, view: View, { online, answered }: { online: boolean; answered: boolean }): State {
  if (
    saysUnsupported(view) ||
    speaksXmlFirst(plan, view) ||
    looksElsewhere(plan, view) ||
    asksForStarttlsOnly(plan, view)
  )
    return 'unsupported';
  if (!online) return isOutOfRange(plan, view) ? 'not-offered' : 'failed';
  if (!reconnects(plan, view)) return 'does-not-reconnect';
  if ((plan.afterBind.length > 0 || isRequest(plan.entity.call)) && !answered) return 'failed';
  if (!sentToAll(plan, view)) return 'failed';
  return lacking(plan, view) ? 'failed' : 'ok';
}

/** Mallory's own, on the stream that she opened. */
const requestIn = ({ observations, canary }: Attempt) =>
  pick(observations, 'xmpp', 'element').find(({ from, iq }) => from === 'mallory' && iq?.id === canary);

/** A stanza has come to the second domain, too, where there is one. */
function sentToAll({ entity, calls, server }: AttemptPlan, { observations }: View): boolean {
  if (!server || !entity.secondDomain || calls) return true;
  const [told] = pick(observations, 'process', 'told');
  return pick(observations, 'xmpp', 'accepted').some(({ domain }) => domain === told?.domain);
}

type State = ControlFacts['state'];

/** For people; null where it is ok. */
function reasonFor(state: State, plan: AttemptPlan, attempt: Attempt, view: View): string | null {
  if (state === 'ok') return null;
  if (state === 'not-offered') return `the client does not offer ${plan.entity.tls.max}`;
  const unable = state === 'failed' && !serverFailed({ attempt }) ? (lacking(plan, view) ?? inability(plan)) : null;
  return unable ?? diagnose(plan, attempt, state);
}

/** It came to a session on the connection that its control waits for. */
function reconnects({ until }: AttemptPlan, view: View): boolean {
  const wanted = until?.connection ?? 1;
  return wanted <= 1 || sessions(view).some(({ connection }) => view.spoken.indexOf(connection) + 1 >= wanted);
}

function speaksXmlFirst({ transport }: AttemptPlan, { observations }: View): boolean {
  const bytes = pick(observations, 'tcp', 'bytes');
  return transport === 'direct' && bytes.some((o) => o.why === 'xml-on-direct-tls' && o.connection === 1);
}

/** Whoever looks for direct TLS finds where it is, and nothing else is to be found there. */
function looksElsewhere({ transport, server }: AttemptPlan, { connections }: View): boolean {
  return server === true && transport === 'direct' && connections.length === 0;
}

/** By DNS a client tells what it can do before it connects. */
function asksForStarttlsOnly({ transport, via }: AttemptPlan, { observations, connections }: View): boolean {
  if (via !== 'dns' || transport !== 'direct' || connections.length > 0) return false;
  const asked = pick(observations, 'dns', 'query').map(({ name }) => name.toLowerCase());
  const asks = (service: string) => asked.some((name) => name.startsWith(`_${service}.`));
  return asks('xmpp-client') && !asks('xmpps-client');
}

/** The versions that the script would have set are none that the client offers: that is its answer to the attack. */
function isOutOfRange(plan: AttemptPlan, view: View): boolean {
  const { min, max } = plan.entity.tls;
  if (!areByScript(plan)) return false;
  const hello = pick(view.observations, 'tls', 'client-hello')[0]?.hello;
  const fits = (version: number) => version >= VERSIONS[min] && version <= VERSIONS[max];
  return hello !== undefined && !hello.versions.some(fits);
}

const VERSIONS = { TLSv1: 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 } as const;

/** It is there to see whether the client goes on: a session there cannot be. */
function readForgedTwin(plan: AttemptPlan, attempt: Attempt, view: View, rules: Rules): ControlRecord {
  const connected = pick(attempt.observations, 'tcp', 'connected')[0];
  const [accepted] = acceptances(view);
  const failed = pick(attempt.observations, 'tls', 'failed');
  const refused = failed.find(({ how }) => how === 'not-offered');
  const incapable = failed.find(({ how }) => how === 'incapable');
  const state = saysUnsupported(view) ? 'unsupported' : accepted ? 'ok' : refused ? 'not-offered' : 'failed';
  const reasons = {
    ok: null,
    unsupported: 'the client says that it does not support this',
    'not-offered': `the correct flight could not be forged: ${refused?.message}`,
    failed: incapable
      ? `the correct flight could not be forged: ${incapable.message}`
      : 'the client does not go on with a correct forged flight either, and so refusing a wrong one says nothing',
  };
  return {
    profile: profileOf(plan),
    receiving: plan.receiving,
    state,
    reason: reasons[state],
    loginMs: accepted && connected ? accepted.t - connected.t : 0,
    helloKind: pick(attempt.observations, 'tls', 'client-hello')[0]?.kind ?? null,
    outcome: outcomeOf(view),
    attempt,
    findings: neverFindings(view, { ...plan.scenario, expect: { never: {}, see: {} } }, attempt, rules),
    answerMs: 0,
    durationMs: attempt.durationMs,
    reconnectMs: 0,
  };
}

/** What the client was to show in its control besides logging in, and did not. Null where there is nothing. */
function lacking({ probes }: AttemptPlan, view: View): string | null {
  const missed = probes.filter((need) => !PROBES[need]?.(view));
  return missed.length > 0 ? `the client does not: ${missed.map((need) => NEEDS[need as Need]).join('; ')}` : null;
}

/** What a control asks of a client beyond the base control: failing it is no fault. Null where it asks nothing more. */
function inability({ entity, until, afterBind, session, server, calls }: AttemptPlan): string | null {
  const { mechanisms, sasl2, iqAuth } = entity;
  const usual = server ? GOOD_FOR_SERVERS : GOOD;
  const ways = [
    ...mechanisms.tls,
    ...sasl2.tls.map((name) => `${name} over SASL2`),
    ...(iqAuth.tls ? ['jabber:iq:auth'] : []),
    ...(entity.dialback.tls ? ['Server Dialback'] : []),
  ];
  const good = [...usual.mechanisms.tls, ...(usual.dialback.tls ? ['Server Dialback'] : [])];
  const lacks = [
    ...(calls && !isRequest(entity.call) ? ['take streams from other servers and ask about their dialback keys'] : []),
    ...(calls && isRequest(entity.call) ? ['let other servers in and answer their requests'] : []),
    ...(entity.secondDomain && !calls ? ['send to a second domain at the same host and port'] : []),
    ...(String(ways) === String(good) ? [] : [`log in with ${ways.join(' or ')}`]),
    ...(entity.posh === 'delegated' ? ['follow a POSH document that points to another one'] : []),
    ...(entity.posh === 'redirected' ? ['follow a redirect to a POSH document'] : []),
    ...(entity.domain === GOOD.domain ? [] : [`log in at a domain of this kind (${entity.domain})`]),
    ...(entity.credential === GOOD.credential || entity.secondDomain
      ? []
      : [`accept a certificate that it should (${entity.credential})`]),
    ...(String(Object.values(entity.tls)) === String(Object.values(GOOD.tls)) ? [] : [`speak ${entity.tls.min}`]),
    ...(until && afterBind.length > 0 ? ['stay online and answer an iq'] : session === 'stay' ? ['stay online'] : []),
  ];
  return lacks.length > 0 ? `the client does not ${lacks.join(', or not ')}` : null;
}
