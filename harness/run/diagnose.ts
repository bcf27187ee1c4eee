/** Why a control failed, in plain words: the first thing that a newcomer reads. */

import { isWithin } from '../../src/services/dns/lookup.ts';
import type { ControlFacts } from '../judge/judge.ts';
import { pick, viewOf } from '../judge/view.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import { serverFailure, whyNotThroughTunnel } from './relay.ts';

/** One or two sentences: what the client did, and the likely causes. */
export function diagnose(plan: AttemptPlan, attempt: Attempt, state: ControlFacts['state']): string {
  const { observations } = attempt;
  const view = viewOf(observations);
  const broken = pick(observations, 'process', 'not-started')[0];
  if (broken) return broken.message;
  if (state === 'does-not-reconnect') return 'does not reconnect';
  if (state === 'unsupported') {
    if (plan.transport === 'direct' && pick(observations, 'tcp', 'bytes').length > 0)
      return 'the client sends XML to a direct TLS port: it does not speak direct TLS (XEP-0368)';
    const asked = pick(observations, 'dns', 'query').length > 0;
    if (plan.via === 'dns' && asked && view.connections.length === 0)
      return 'the client asks DNS for _xmpp-client only, and not for _xmpps-client: it does not look for direct TLS (XEP-0368)';
    return `the client says that it does not support ${unsupported(plan)}`;
  }
  const ended = howItEnded(attempt);
  if (view.connections.length === 0 && plan.server)
    return `The server never connected; ${ended}. Likely: it does not ask the resolver in XMPP_DNS, the driver says "sent" and the server sends nothing, or it connects only where its configuration allows it.`;
  if (view.connections.length === 0 && plan.via === 'dns') return `${whatItAsked(attempt)}; ${ended}.`;
  if (view.connections.length === 0)
    return `The client never connected to XMPP_HOST:XMPP_PORT; ${ended}. Likely: host and port from the environment are ignored, or the program ends earlier (its output says why; HOME is an empty directory: try --keep-home, or compile first).`;
  const failedServer = serverFailure(observations);
  if (failedServer) return `The real server failed: ${failedServer} So the client could not log in.`;
  const odd = oddity(attempt);
  if (odd) return `${odd}; ${ended}. Likely: what connects there is no XMPP client, or it talks to the wrong port.`;
  if (plan.receiving === 'tunnel') return whyNotThroughTunnel(observations, ended);
  const login = ability(plan);
  const failure = pick(observations, 'tls', 'failed')[0];
  if (failure)
    return `The TLS handshake failed (${failure.message}); ${ended}. Likely: the CA in XMPP_CA_FILE is not trusted, or the certificate is checked against another name than XMPP_DOMAIN.`;
  const handshake = pick(observations, 'tls', 'handshake')[0];
  const spoke = view.elements.some(({ credential }) => credential !== undefined);
  if (handshake && !spoke)
    return `The client closed the connection after the TLS handshake without logging in; ${ended}. Likely: the CA in XMPP_CA_FILE is not trusted, the certificate is checked against another name than XMPP_DOMAIN (try --via host), or ${login}.`;
  if (!handshake)
    return `The client did not get as far as TLS; ${ended}. Likely: it expects another transport than ${plan.transport}, or does not understand the server.`;
  if (pick(observations, 'xmpp', 'authenticated').length === 0)
    return `The client could not log in; ${ended}. Likely: JID and password are not those of XMPP_JID and XMPP_PASSWORD, or ${login}.`;
  if (plan.afterBind.length > 0 && pick(observations, 'xmpp', 'bound').length > 0)
    return 'the client does not answer an iq that it gets after the login';
  return `The client logged in but never bound a resource; ${ended}.`;
}

/** Of a client that was to ask DNS, and never connected. */
function whatItAsked({ observations, domain }: Attempt): string {
  const asked = [...new Set(pick(observations, 'dns', 'query').map(({ name, wanted }) => `${name} ${wanted}`))];
  if (asked.length === 0)
    return 'The client never asked DNS, and never connected. Likely: it looks for XMPP_HOST and XMPP_PORT, which are not set with --via dns, it asks another server than that of /etc/resolv.conf, or it ends earlier';
  const list = `${asked.slice(0, 5).join(', ')}${asked.length > 5 ? ' and more' : ''}`;
  const about = asked.filter((question) => isWithin(question.split(' ')[0] ?? '', domain));
  return about.length === 0
    ? `The client asked DNS for other names than ${domain}, its XMPP_DOMAIN, and never connected (${list}). Likely: it takes the domain from somewhere else`
    : `The client asked DNS (${list}), and never connected. Likely: it looks for other records than those of XMPP (SRV, A), goes to another port than the record names, or does not like the answers`;
}

function unsupported({ transport, session }: AttemptPlan): string {
  const ways = [transport === 'direct' && 'direct TLS', session === 'stay' && 'to stay online'].filter(Boolean);
  return ways.join(', or ') || 'this';
}

/** What no XMPP client does, whatever the server is like. */
function oddity({ observations }: Attempt): string | null {
  const malformed = pick(observations, 'xmpp', 'malformed')[0];
  if (malformed) return `The client sent what is no XML stream (${malformed.reason})`;
  const refused = pick(observations, 'tcp', 'refused')[0];
  if (refused) return `The client ${refused.why}`;
  const bytes = pick(observations, 'tcp', 'bytes').find(({ why }) => why === 'instead-of-tls');
  if (bytes) return `The client sent no TLS where TLS had to begin (${JSON.stringify(bytes.text.slice(0, 40))})`;
  const hello = pick(observations, 'tls', 'failed').find(({ code }) => code.endsWith('CLIENT_HELLO'));
  return hello ? `The client began TLS in a way that cannot be: ${hello.message}` : null;
}

function ability({ entity }: AttemptPlan): string {
  const ways = [
    ...entity.mechanisms.tls,
    ...entity.sasl2.tls.map((name) => `${name} over SASL2`),
    ...(entity.iqAuth.tls ? ['jabber:iq:auth'] : []),
  ];
  return `the client supports none of the ways to log in that were offered inside TLS (${ways.join(', ')})`;
}

function howItEnded({ observations, exit, stderrTail }: Attempt): string {
  const limit = pick(observations, 'run', 'limit')[0];
  const said = stderrTail.trim().split('\n').at(-1)?.slice(0, 200);
  const last = said ? `, its last words: ${JSON.stringify(said)}` : '';
  if (limit) return `it was ended after ${Math.round(limit.afterMs / 1000)} s of waiting${last}`;
  if (exit.signal) return `it was ended by ${exit.signal}${last}`;
  if (exit.code === null) return 'it was ended by hand';
  return `it ended with status ${exit.code}${last}`;
}
