/** From features to a bound resource: the ways to log in, in clear the same as inside TLS. */
import type { Element } from 'ltx';
import { childOf, childrenOf, element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, localpart, nextElement } from './attempt.ts';
import { authenticate, mechanismsIn, type Profile, sasl, sasl2 } from './authenticate.ts';
import { fastIn } from './fast.ts';
import { isSuccess } from './keeping.ts';
import { Refusal } from './refusal.ts';
import { MECHANISMS } from './sasl.ts';
import { askForBidi, dialback, externalWay, serverWay } from './server-login.ts';
import { openStream, readFeatures } from './stream.ts';
import { enable, inlineOf, keepInline, resume } from './stream-management.ts';

/** Logs in; throws a Refusal where that does not work. */
export type Way = (attempt: Attempt) => Promise<void>;

/** The best way that features offer: SASL2, SASL, and only then what RFC 3920 made obsolete. */
export function bestWay(features: Element, attempt: Attempt): Way | null {
  if (attempt.server) return serverWay(features, attempt);
  return sasl2Way(features) ?? saslWay(features, attempt) ?? iqAuthWay(features);
}

export function saslWay(features: Element, attempt: Attempt): Way | null {
  if (attempt.server) return externalWay(features);
  const offered = usable(features, sasl);
  return offered && ((attempt) => saslWith(attempt, offered, bindingTypes(features)));
}

export function sasl2Way(features: Element): Way | null {
  const offered = usable(features, sasl2);
  if (!offered) return null;
  return async (attempt) => {
    const inline = inlineOf(attempt, features);
    const success = await authenticate(attempt, sasl2, offered, bindingTypes(features), fastIn(features), inline);
    if (success && keepInline(attempt, success)) return;
    // Without a bound resource the features that follow lead to one.
    if (!success || !childOf(success, 'bound', NS.bind2)) await bind(attempt, await readFeatures(attempt));
  };
}

/** `any-mechanism`: also where it knows none of them. */
function wayWithAny(features: Element): Way | null {
  const offered = mechanismsIn(features, sasl);
  return offered.length > 0 ? (attempt) => saslWith(attempt, offered, null) : null;
}

export function iqAuthWay(features: Element): Way | null {
  return childOf(features, 'auth', NS.iqAuthFeature) ? iqAuth : null;
}

export async function saslWith(attempt: Attempt, offered: string[], types: string[] | null): Promise<void> {
  if (!(await authenticate(attempt, sasl, offered, types))) return iqAuth(attempt);
  attempt.connection.restart();
  await openStream(attempt);
  const features = await readFeatures(attempt);
  if (await resume(attempt, features)) return;
  await bind(attempt, features);
  await enable(attempt, features);
}

/** XEP-0078; the digest is no better inside TLS, and worse where the server has to keep the password for it. */
export const iqAuth: Way = async (attempt) => {
  // What servers did in those days.
  if (attempt.server) return dialback(attempt);
  const username = element('username', undefined, {}, localpart(attempt));
  const password = element('password', undefined, {}, attempt.endpoint.password);
  const resource = element('resource', undefined, {}, 'reference');
  await request(attempt, 'get', element('query', NS.iqAuth, {}, username));
  await request(attempt, 'set', element('query', NS.iqAuth, {}, username, password, resource));
};

/** RFC 6120, section 7, and the session of RFC 3921 where a server insists on it. */
export async function bind(attempt: Attempt, features: Element | null): Promise<void> {
  if (features && !childOf(features, 'bind', NS.bind)) throw new Refusal('login', 'no resource can be bound');
  await request(attempt, 'set', element('bind', NS.bind));
  const session = features && childOf(features, 'session', NS.session);
  if (session && !childOf(session, 'optional')) await request(attempt, 'set', element('session', NS.session));
}

/** Inside TLS. */
export const logIn: Way = async (attempt) => {
  const { connection, has, clear, kept } = attempt;
  const before = clear.features ? mechanismsIn(clear.features, sasl) : [];
  if (has('keeps-stream') && before.length > 0) return saslWith(attempt, before, null);

  await openStream(attempt);
  if (has('keeps-features') && before.length > 0) return saslWith(attempt, before, null);
  const features = kept.features ?? (await featuresOrSuccess(attempt));
  if (kept.success || !features) return bind(attempt, null);
  if (has('starttls-again') && childOf(features, 'starttls', NS.tls)) {
    connection.send(`<starttls xmlns='${NS.tls}'/>`);
    await nextElement(connection, 'silent');
  }
  if (connection.pending() && !has('early-success')) throw new Refusal('login', 'something that was not asked for');
  attempt.bidi = askForBidi({ ...attempt, features });
  const way = bestWay(features, attempt) ?? (has('any-mechanism') ? wayWithAny(features) : null);
  if (!way) throw new Refusal('login', 'no way to log in');
  return way(attempt);
};

/** Null for a success, which only a fault takes. */
async function featuresOrSuccess(attempt: Attempt): Promise<Element | null> {
  if (!attempt.has('early-success')) return readFeatures(attempt);
  const element = await nextElement(attempt.connection, 'no-features');
  return isSuccess(element) ? null : element;
}

/** Sends an iq and returns its result. */
export async function request(attempt: Attempt, type: 'get' | 'set', payload: Element): Promise<Element> {
  const { connection } = attempt;
  const id = Math.random().toString(36).slice(2);
  connection.send(serialise(element('iq', NS.client, { type, id }, payload)));
  for (;;) {
    const reply = await nextElement(connection, 'silent');
    if (!is(reply, 'iq', NS.client) || reply.attrs.id !== id) continue;
    if (reply.attrs.type === 'result') return reply;
    throw new Refusal('login', `${payload.getNS()}: ${reply.toString()}`);
  }
}

function usable(features: Element, profile: Profile): string[] | null {
  const offered = mechanismsIn(features, profile);
  return offered.some((name) => MECHANISMS.includes(name)) ? offered : null;
}

function bindingTypes(features: Element): string[] | null {
  const list = childOf(features, 'sasl-channel-binding', NS.saslChannelBinding);
  return list ? childrenOf(list, 'channel-binding').map((type) => String(type.attrs.type)) : null;
}
