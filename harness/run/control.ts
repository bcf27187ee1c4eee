/** The control of a scenario: the same session without the attack (design, section 2.6). Derived, never written. */
import { createHash } from 'node:crypto';
import { credential } from '../../src/pki/credentials/index.ts';
import { actionsOf, firstConnection, type ScriptItem } from '../../src/script/script.ts';
import { correctForgery, type Forgery } from '../../src/tls/records/forgery.ts';
import type { Transport } from '../../src/transcript.ts';
import { CLAIMS } from '../judge/claims.ts';
import { neverFindings, type Rules } from '../judge/findings.ts';
import type { ControlFacts } from '../judge/judge.ts';
import { acceptances } from '../judge/observations.ts';
import { outcomeOf, saysUnsupported } from '../judge/outcome.ts';
import { PROBES } from '../judge/probes.ts';
import { pick, sessions, type View, viewOf } from '../judge/view.ts';
import type { Finding, Outcome, Via } from '../result.ts';
import { NEEDS, type Need } from '../scenario/needs.ts';
import type { ResolvedEntity, Scenario } from '../scenario/scenario.ts';
import type { Attempt, AttemptPlan } from './attempt.ts';
import { diagnose } from './diagnose.ts';
import { serverFailed, throughTunnel } from './relay.ts';

export interface Circumstances {
  transport: Transport;
  via: Via;
  /** Addresses that every credential names too, for a client that verifies what it dialled. */
  dialled: string[];
  timeoutMs: number;
  /** How the real server behind is spoken to, where there is one. */
  upstream?: Transport | undefined;
  /** A server opens the streams. Default: a client. */
  server?: boolean | undefined;
}

/** What makes two controls equal, as a text. */
export function profileOf(plan: AttemptPlan): string {
  const { transport, via, receiving, entity, endpoints, given, session, afterBind, until, dialled } = plan;
  const parts = [
    `${transport},${via}`,
    ...(receiving === 'simulated' ? [] : [receiving]),
    session,
    ...(entity.dialback.tls ? ['dialback'] : []),
    ...(entity.bidi.tls ? ['bidi'] : []),
    ...(entity.posh === null ? [] : [`posh=${entity.posh}`]),
    ...(entity.domain === 'ordinary' ? [] : [`domain=${entity.domain}`]),
    entity.credential,
    `${entity.tls.min}-${entity.tls.max}`,
    `sasl=${entity.mechanisms.tls.join('+') || 'none'}`,
    ...(entity.sasl2.tls.length > 0 ? [`sasl2=${entity.sasl2.tls.join('+')}`] : []),
    ...(entity.iqAuth.tls ? ['iq-auth'] : []),
    ...entity.extensions,
    ...plan.probes,
    ...(plan.calls ? ['called'] : []),
    ...Object.entries(endpoints).map(
      ([name, one]) => `${name}=${[one.transport, one.credential].filter(Boolean).join(':')}`,
    ),
    ...(given ? [`for ${given.domain} beside ${digestOf(given.trusted)}`] : []),
    ...(until && until.connection > 1 ? ['reconnects'] : []),
    ...afterBind.map((xml) => `answers ${xml}`),
    ...forgeries(plan.script).map((forgery) =>
      ['forged', ...Object.entries(forgery).map((one) => one.join('='))].join(' '),
    ),
    ...(dialled.length > 0 ? [`names ${dialled.join('+')}`] : []),
  ];
  return parts.join(' ');
}

/** Of the CAs that a client is to trust besides. */
const digestOf = (trusted: string[]) =>
  trusted.length === 0
    ? 'no other CA'
    : `CAs ${createHash('sha256').update(trusted.join('\n')).digest('hex').slice(0, 16)}`;

const GOOD: ResolvedEntity = {
  domain: 'ordinary',
  mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
  sasl2: { clear: [], tls: [] },
  iqAuth: { clear: false, tls: false },
  extensions: [],
  dialback: { clear: false, tls: false },
  bidi: { clear: false, tls: false },
  posh: null,
  credential: 'valid',
  tls: { min: 'TLSv1.2', max: 'TLSv1.3' },
};

const GOOD_FOR_SERVERS: ResolvedEntity = {
  ...GOOD,
  mechanisms: { clear: [], tls: ['EXTERNAL'] },
  dialback: { clear: false, tls: true },
};

/** A session of a server is over with the first stanza that is accepted. */
const UNTIL_ACCEPTED = { connection: 1, answerMs: null, claimMs: 0 };

/** A plain login at a plain good server. */
export function basePlan(scenario: Scenario, around: Circumstances): AttemptPlan {
  return {
    ...around,
    name: `control[${around.transport},${around.via}]`,
    role: 'control',
    repetition: 1,
    scenario,
    receiving: baseReceiving(around),
    entity: around.server ? GOOD_FOR_SERVERS : GOOD,
    endpoints: {},
    given: null,
    script: [],
    session: 'once',
    certified: false,
    afterBind: [],
    probes: [],
    until: around.server ? UNTIL_ACCEPTED : null,
    reconnectMs: 0,
  };
}

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
        : base.until,
  };
}

/** Whether the client gets one. Its control has shown then that it logs in with it. */
export const takesCertificate = ({ needs }: Scenario): boolean => needs.includes('external');

/** The same flight with nothing wrong in it: a client that does not go on then would pass for any reason. */
function forgedTwin(scenario: Scenario, around: Circumstances, forged: Forgery): AttemptPlan {
  return {
    ...basePlan(scenario, around),
    receiving: 'simulated',
    entity: { ...insideTls(scenario.entity), credential: repaired(scenario) },
    script: [{ on: 'tls-handshake', do: { forge: correctForgery(forged) } }],
  };
}

const forgeries = (script: readonly ScriptItem[]): Forgery[] => script.flatMap(({ do: { forge } }) => forge ?? []);

/** A session that can be taken up is closed once the client knows that it can. */
function closing({ needs, entity }: Scenario): ScriptItem {
  // Over SASL2 it is told with the login itself.
  if (needs.includes('resumption') && entity.mechanisms.tls.length > 0)
    return { on: 'enabled', connection: 1, do: { close: 'after' } };
  return { on: 'online', connection: 1, do: { close: 'instead' } };
}

/** It is about the streams that a server takes. */
const callsServer = ({ needs }: Scenario, { server }: Circumstances) =>
  server === true && needs.includes('s2s-listener');

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

/** The scenario itself. */
export function attackPlan(
  scenario: Scenario,
  around: Circumstances,
  control: ControlRecord,
  repetition: number,
): AttemptPlan {
  const answerMs = scenario.needs.includes('answers-iq') ? Math.max(LEAST_ANSWER, 2 * control.answerMs) : null;
  // Whoever is elsewhere was sent there from here.
  const last = Math.max(1, ...scenario.script.map((item) => firstConnection(item) + (isElsewhere(item) ? 1 : 0)));
  const { transport, via } = around;
  return {
    ...basePlan(scenario, around),
    name: `${scenario.id}[${transport},${via}]`,
    role: 'attack',
    repetition,
    receiving: receivingBehind(scenario, control),
    entity: scenario.entity,
    endpoints: scenario.endpoints,
    script: scenario.script,
    given: scenario.given ?? null,
    session: scenario.session,
    certified: !around.server && takesCertificate(scenario),
    calls: callsServer(scenario, around),
    until:
      scenario.session === 'stay'
        ? { connection: last, answerMs, claimMs: isAboutClaims(scenario) ? CLAIM : 0 }
        : around.server
          ? { ...UNTIL_ACCEPTED, claimMs: injectedIqs(scenario.script).length > 0 ? LEAST_ANSWER : 0 }
          : null,
    timeoutMs:
      (control.durationMs > 5_000 ? Math.max(around.timeoutMs, 15_000) : around.timeoutMs) +
      // Each further connection takes its time to come.
      (last - 1) * 2 * control.reconnectMs,
    reconnectMs: control.reconnectMs,
  };
}

/** What the real server makes of a man in the middle is what a scenario with one is about. */
function receivingBehind({ script, given }: Scenario, { receiving = 'simulated', boundAtServer }: ControlRecord) {
  // One that the scenario brings along is not in the table.
  const inTheMiddle = script.some(
    ({ do: { present } }) => present !== undefined && !given && credential(present).peer === 'trusted-mitm',
  );
  return receiving === 'tunnel' || (boundAtServer && inTheMiddle) ? 'relayed' : receiving;
}

/** Clients answer a ping at once, and other requests when their event loop comes to it. Milliseconds. */
const LONGEST_ANSWER = 2_000;
const LEAST_ANSWER = 500;
/** After a login, before it is told to end: it has to see the login itself first. */
const CLAIM = 1_000;

const isElsewhere = ({ at = 'main' }: ScriptItem) => at !== 'main';

const isAboutClaims = ({ expect }: Scenario) => Object.keys(expect.never).some((code) => Object.hasOwn(CLAIMS, code));

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
  const connected = pick(attempt.observations, 'tcp', 'connected');
  if (forgeries(plan.script).length > 0) return readForgedTwin(plan, attempt, view, rules);
  const session = plan.receiving === 'tunnel' ? throughTunnel(view) : sessions(view)[0];
  const closed = pick(attempt.observations, 'tcp', 'closed')[0];
  const second = connected[1];
  const xmlFirst = pick(attempt.observations, 'tcp', 'bytes').some(
    ({ why, connection }) => why === 'xml-on-direct-tls' && connection === 1,
  );
  const wanted = plan.until?.connection ?? 1;
  const answer = view.elements.find(({ iq }) => iq !== undefined && iq.id === attempt.canary);
  const state: ControlFacts['state'] =
    saysUnsupported(view) ||
    (xmlFirst && plan.transport === 'direct') ||
    looksElsewhere(plan, connected.length) ||
    asksForStarttlsOnly(plan, view)
      ? 'unsupported'
      : session === undefined
        ? isOutOfRange(plan, view)
          ? 'not-offered'
          : 'failed'
        : wanted > 1 && !sessions(view).some(({ connection }) => view.spoken.indexOf(connection) + 1 >= wanted)
          ? 'does-not-reconnect'
          : plan.afterBind.length > 0 && !answer
            ? 'failed'
            : lacking(plan, view)
              ? 'failed'
              : 'ok';
  return {
    profile: profileOf(plan),
    receiving: plan.receiving,
    state,
    reason:
      state === 'ok'
        ? null
        : state === 'not-offered'
          ? `the client does not offer ${plan.entity.tls.max}`
          : (state === 'failed' && !serverFailed({ attempt }) && (lacking(plan, view) ?? inability(plan))) ||
            diagnose(plan, attempt, state),
    loginMs: session && connected[0] ? session.t - connected[0].t : 0,
    helloKind: pick(attempt.observations, 'tls', 'client-hello')[0]?.kind ?? null,
    outcome: plan.receiving === 'tunnel' && session ? 'online' : outcomeOf(view),
    attempt,
    findings: neverFindings(view, { ...plan.scenario, expect: { never: {}, see: {} } }, attempt, rules),
    answerMs: answer && session ? answer.t - session.t : 0,
    durationMs: attempt.durationMs,
    reconnectMs: second && closed ? Math.max(0, second.t - closed.t) : 0,
  };
}

/** Whoever looks for direct TLS finds where it is, and nothing else is to be found there. */
function looksElsewhere({ transport, server }: AttemptPlan, connections: number): boolean {
  return server === true && transport === 'direct' && connections === 0;
}

/** By DNS a client tells what it can do before it connects. */
function asksForStarttlsOnly({ transport, via }: AttemptPlan, { observations, connections }: View): boolean {
  if (via !== 'dns' || transport !== 'direct' || connections.length > 0) return false;
  const asked = pick(observations, 'dns', 'query').map(({ name }) => name.toLowerCase());
  const asks = (service: string) => asked.some((name) => name.startsWith(`_${service}.`));
  return asks('xmpp-client') && !asks('xmpps-client');
}

/** The versions that the script would have set are none that the client offers: that is its answer to the attack. */
function isOutOfRange({ entity, scenario }: AttemptPlan, view: View): boolean {
  const { min, max } = entity.tls;
  if (String(Object.values(entity.tls)) === String(Object.values(scenario.entity.tls))) return false;
  const hello = pick(view.observations, 'tls', 'client-hello')[0]?.hello;
  const fits = (version: number) => version >= VERSIONS[min] && version <= VERSIONS[max];
  return hello !== undefined && !hello.versions.some(fits);
}

const VERSIONS = { TLSv1: 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 } as const;

/** What the client was to show in its control besides logging in, and did not. Null where there is nothing. */
function lacking({ probes }: AttemptPlan, view: View): string | null {
  const missed = probes.filter((need) => !PROBES[need]?.(view));
  return missed.length > 0 ? `the client does not: ${missed.map((need) => NEEDS[need as Need]).join('; ')}` : null;
}

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
    ...(calls ? ['take streams from other servers and ask about their dialback keys'] : []),
    ...(String(ways) === String(good) ? [] : [`log in with ${ways.join(' or ')}`]),
    ...(entity.domain === GOOD.domain ? [] : [`log in at a domain of this kind (${entity.domain})`]),
    ...(entity.credential === GOOD.credential ? [] : [`accept a certificate that it should (${entity.credential})`]),
    ...(String(Object.values(entity.tls)) === String(Object.values(GOOD.tls)) ? [] : [`speak ${entity.tls.min}`]),
    ...(until && afterBind.length > 0 ? ['stay online and answer an iq'] : session === 'stay' ? ['stay online'] : []),
  ];
  return lacks.length > 0 ? `the client does not ${lacks.join(', or not ')}` : null;
}

/** Through a tunnel the client meets the server's own certificate, which names no address, by the server's own transport. */
function baseReceiving({ upstream, transport, dialled }: Circumstances): AttemptPlan['receiving'] {
  if (!upstream) return 'simulated';
  return upstream === transport && dialled.length === 0 ? 'tunnel' : 'relayed';
}

/** A good session is closed to see whether the client comes back, unless the scenario only wants it to stay. */
function wantsReconnect({ session, needs }: Scenario): boolean {
  return needs.includes('stay') || (session === 'stay' && !needs.includes('answers-iq'));
}

/** Every way to log in that is offered in clear is offered inside TLS instead, and no other. */
function insideTls(entity: ResolvedEntity): ResolvedEntity {
  const { mechanisms, sasl2, iqAuth, dialback } = entity;
  if (mechanisms.clear.length === 0 && sasl2.clear.length === 0 && !iqAuth.clear && !dialback.clear) return entity;
  return {
    ...entity,
    mechanisms: { clear: [], tls: mechanisms.clear },
    sasl2: { clear: [], tls: sasl2.clear },
    iqAuth: { clear: false, tls: iqAuth.clear },
    dialback: { clear: false, tls: dialback.clear },
  };
}

function controlEntity(scenario: Scenario): ResolvedEntity {
  return {
    ...insideTls(scenario.entity),
    domain: domainKindOf(scenario),
    credential: repaired(scenario),
    // What nobody would accept without the document, and everybody who goes by it.
    ...(scenario.entity.posh !== null && { posh: 'match' as const, credential: 'self-signed-proved' }),
    tls: versionsBelow(scenario),
  };
}

/** Where nothing is done to the client, a domain of another kind is what the scenario is about. */
function domainKindOf({ script, entity }: Scenario) {
  return script.length === 0 ? GOOD.domain : entity.domain;
}

/** What is done to the records of a handshake takes a version, which the script sets: that much is no attack. */
function versionsBelow({ entity, script }: Scenario): ResolvedEntity['tls'] {
  const everywhere = script.filter(({ connection }) => connection === undefined).map((item) => item.do);
  const [hidden] = everywhere.filter(
    ({ rewrite }) => rewrite && 'hide' in rewrite && rewrite.hide === SUPPORTED_VERSIONS,
  );
  if (hidden) return { ...entity.tls, max: 'TLSv1.2' };
  if (!script.some(({ do: { rewrite, renegotiate } }) => rewrite ?? renegotiate)) return entity.tls;
  const { min, max } = everywhere.find(({ negotiate }) => negotiate)?.negotiate ?? {};
  return { min: min ?? entity.tls.min, max: max ?? entity.tls.max };
}

/** Without this extension there is no TLS 1.3. */
const SUPPORTED_VERSIONS = 43;

/** The accept twin of what the script presents, or of the entity's own credential. */
function repaired({ entity, script, given }: Scenario): string {
  if (given) return given.credential.twin;
  const presented = actionsOf(script).find(({ name }) => name === 'present');
  if (presented) return twinOf(String(presented.params));
  // One that nothing is wrong with is part of the setting: an RSA key, say, for suites that take one.
  return credential(entity.credential).defect === null ? entity.credential : twinOf(entity.credential);
}

function twinOf(name: string): string {
  const { twin, defect } = credential(name);
  return twin ?? (defect === null ? 'valid' : name);
}

function injectedIqs(script: readonly ScriptItem[]): string[] {
  return script.flatMap(({ do: { inject } }) => inject?.xml?.match(/<iq\b.*?<\/iq>/s) ?? []).slice(0, 1);
}
