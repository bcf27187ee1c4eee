/**
 * The judge: a pure function from a transcript to a verdict. No sockets, no clock; what it may rest on is in the
 * transcript, in the scenario, or was measured in the scenario's control.
 */
import type { Observation, Transport } from '../../src/transcript.ts';
import type { Finding, Outcome, Verdict } from '../result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { deliveredOf } from './delivered.ts';
import { claimFindings, missingFindings, neverFindings, type Rules } from './findings.ts';
import { OBSERVATIONS } from './observations.ts';
import { outcomeOf, saysUnsupported } from './outcome.ts';
import { PROBES } from './probes.ts';
import { pick, type View, viewOf } from './view.ts';

/** What the control showed of the client. */
export interface ControlFacts {
  profile: string;
  /**
   * `unsupported`: the client says so, or speaks no TLS where TLS comes first. `not-offered`: the ClientHello has nothing
   * in common with the correct flight that was to be forged, or with the versions that the script needs.
   */
  state: 'ok' | 'failed' | 'unsupported' | 'does-not-reconnect' | 'not-offered';
  /** For people; null where it is ok. */
  reason: string | null;
  /** From the first connection to the session, in milliseconds; 0 where there was none. */
  loginMs: number;
  helloKind: string | null;
}

export interface Case {
  scenario: Scenario;
  transport: Transport;
  observations: readonly Observation[];
  canary: string;
  /** The domain of the JID. */
  domain: string;
  /** The plain good server's. */
  base: ControlFacts;
  /** The scenario's own. */
  control: ControlFacts;
  /** Why the scenario says nothing about this client (it verifies the address that it dialled), or null. */
  inapplicable: string | null;
  rules: Rules;
}

export interface Judgement {
  verdict: Verdict;
  outcome: Outcome;
  reason: string | null;
  findings: Finding[];
}

/** The least silence that counts as an answer, in milliseconds. */
const LEAST_SILENCE = 3_000;

export function judge(the: Case): Judgement {
  const { scenario, base, control, rules } = the;
  const view = viewOf(the.observations);
  const context = { canary: the.canary, domain: the.domain };
  const outcome = outcomeOf(view);
  const never = neverFindings(view, scenario, context, rules).filter(({ code }) => counts(code, the));
  const findings = [...never, ...claimFindings(view, scenario)];
  const verdict = (word: Verdict, reason: string | null = null, more: Finding[] = []): Judgement => ({
    verdict: word,
    outcome,
    reason,
    findings: [...findings, ...more],
  });

  const broken = pick(view.observations, 'process', 'not-started')[0];
  if (broken) return verdict('error', broken.message);
  if (never.some(({ level }) => level === 'must')) return verdict('fail');
  if (the.inapplicable !== null) return verdict('skip', the.inapplicable);
  if (saysUnsupported(view)) return verdict('skip', 'the client says that it does not support this');
  if (speaksNoTlsFirst(the)) return verdict('skip', 'the client sends XML to a direct TLS port');
  if (base.state === 'unsupported') return verdict('skip', base.reason);
  if (base.state !== 'ok') return verdict('inconclusive', `its base control failed: ${base.reason}`);
  if (control.state === 'does-not-reconnect') return verdict('skip', 'does not reconnect');
  if (control.state !== 'ok' && control.state !== 'not-offered') return verdict('skip', control.reason);

  const silence = Math.max(LEAST_SILENCE, 2 * base.loginMs, 2 * control.loginMs);
  const delivered = deliveredOf(view, scenario, { silence, controlHello: controlHello(the, view) });
  if (delivered.state === 'does-not-reconnect') return verdict('skip', 'does not reconnect');
  if (delivered.state === 'not-asked') return verdict('skip', 'the client does not ask DNS for that');
  if (delivered.state === 'undelivered') return verdict('inconclusive', delivered.why);
  if (delivered.state === 'consumed' && control.state === 'not-offered') return verdict('skip', control.reason);

  // What a client refuses by its offer it does not do: that is no excuse where doing it is wanted.
  const missing = missingFindings(view, scenario, context, rules);
  if (control.state === 'not-offered' && missing.length > 0) return verdict('skip', control.reason);
  const unfinished = missing.length > 0 ? stillAtWork(the.observations, silence) : null;
  if (unfinished) return verdict('inconclusive', unfinished);
  const lost = whatWasLost(the.observations);
  // What was seen has been seen; what was not may be among what was lost.
  if (lost) return verdict(never.some(({ level }) => level === 'should') ? 'warn' : 'inconclusive', lost, missing);
  if (missing.some(({ level }) => level === 'must')) return verdict('fail', null, missing);
  if ([...never, ...missing].some(({ level }) => level === 'should')) return verdict('warn', null, missing);
  if (delivered.state === 'not-followed') return verdict('pass', whereItStayed(scenario), missing);
  if (delivered.state === 'not-offered') return verdict('pass', `not-offered: ${delivered.why}`, missing);
  return verdict('pass', noteOn(outcome, view), missing);
}

/**
 * What a scenario calls wrong only of clients that can do something (use SCRAM, bind to a channel) is no finding where the
 * control has not shown that this one can. What is never right is one all the same.
 */
function counts(code: string, { scenario, control }: Case): boolean {
  const asked = scenario.needs.some((need) => Object.hasOwn(PROBES, need));
  return !asked || control.state === 'ok' || OBSERVATIONS[code]?.never !== undefined;
}

/** Whether DANE is done makes a difference to a ClientHello (OpenSSL names the host in it), as it does to the base control. */
function controlHello({ scenario, base, control }: Case, { observations }: View): string | null {
  const sent = scenario.entity.dane && pick(observations, 'tls', 'client-hello')[0]?.kind;
  return sent && sent === base.helloKind ? sent : control.helloKind;
}

const whereItStayed = ({ script }: Scenario) =>
  `it did not go where ${script.some(({ on }) => on === 'lookup') ? 'DNS' : 'the redirect'} leads`;

function speaksNoTlsFirst({ transport, observations }: Case): boolean {
  const bytes = pick(observations, 'tcp', 'bytes')[0];
  return transport === 'direct' && bytes?.why === 'xml-on-direct-tls' && bytes.connection === 1;
}

/** A limit that came while the client was busy says nothing about what it would have done. */
function stillAtWork(observations: readonly Observation[], silence: number): string | null {
  const limit = pick(observations, 'run', 'limit').find((o) => o.limit === 'connected');
  if (!limit) return null;
  const last = observations.findLast((o) => o.n < limit.n && 'connection' in o);
  const quiet = limit.t - (last?.t ?? 0);
  return quiet >= silence ? null : `too slow: the session was still going on at the limit of ${limit.afterMs / 1000} s`;
}

/** What was not kept cannot be judged. */
function whatWasLost(observations: readonly Observation[]): string | null {
  const refused = pick(observations, 'tcp', 'refused')[0];
  if (refused) return `the client ${refused.why}; what came beyond was not served`;
  const dropped = pick(observations, 'run', 'dropped')[0];
  return dropped ? `the client did so much that ${dropped.observations} observations were not kept` : null;
}

/** A pass is one all the same; but who crashes has not refused. */
function noteOn(outcome: Outcome, { observations, exit }: View): string | null {
  if (outcome === 'crashed') return `crashed (${exit?.signal})`;
  return outcome === 'hung' ? silentFor(observations) : null;
}

function silentFor(observations: readonly Observation[]): string {
  const limit = pick(observations, 'run', 'limit')[0];
  const last = observations.findLast((o) => o.n < (limit?.n ?? 0) && 'from' in o && o.from === 'client');
  return `silent for ${Math.round(((limit?.t ?? 0) - (last?.t ?? 0)) / 1000)} s`;
}
