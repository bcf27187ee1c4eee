/**
 * The faults that log in in clear: what tempts them in the features, and what they overlook. A correct client looks into
 * neither table.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Element } from 'ltx';
import { childOf, childrenOf, element, is, localName, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, isElsewhere, localpart, nextElement } from './attempt.ts';
import { mechanismsIn, sasl } from './authenticate.ts';
import { fastIn } from './fast.ts';
import { type Fault, switchedOn } from './faults.ts';
import { bestWay, bind, iqAuth, iqAuthWay, request, sasl2Way, saslWay, saslWith, type Way } from './login.ts';
import { type Reason, Refusal, reasonOf } from './refusal.ts';
import { dialbackWay } from './server-login.ts';
import { openStream, readFeatures } from './stream.ts';
import { inlineIn } from './stream-management.ts';

type Temptation = (features: Element, attempt: Attempt) => Way | null;

const starttlsIn = (features: Element) => childOf(features, 'starttls', NS.tls);
const whereNotOffered: Temptation = (features, attempt) => (starttlsIn(features) ? null : bestWay(features, attempt));

/** What a fault makes of features in clear; null: it goes on as a correct client does. */
const temptations: Partial<Record<Fault, Temptation>> = {
  'continues-in-clear': whereNotOffered,
  'clear-on-reconnect': (features, attempt) => (attempt.memory.wasOnline ? whereNotOffered(features, attempt) : null),
  'clear-after-redirect': (features, attempt) => (isElsewhere(attempt) ? whereNotOffered(features, attempt) : null),
  'optional-when-not-required': (features, attempt) => {
    const starttls = starttlsIn(features);
    return starttls && childOf(starttls, 'required') ? null : bestWay(features, attempt);
  },
  'sasl-before-tls': saslWay,
  'sasl2-in-clear': sasl2Way,
  'iq-auth-in-clear': iqAuthWay,
  'dialback-in-clear': dialbackWay,
  'plain-in-clear': (features, attempt) =>
    !starttlsIn(features) && mechanismsIn(features, sasl).join() === 'PLAIN' ? saslWay(features, attempt) : null,
  'local-name-starttls': (features, attempt) =>
    !starttlsIn(features) && childOf(features, 'starttls') ? bestWay(features, attempt) : null,
  'mechanisms-first': (features, attempt) => {
    const names = childrenOf(features).map(localName);
    const [mechanisms, starttls] = [names.indexOf('mechanisms'), names.indexOf('starttls')];
    return mechanisms >= 0 && (starttls < 0 || mechanisms < starttls) ? saslWay(features, attempt) : null;
  },
  'empty-features-complete': (features) =>
    childrenOf(features).length > 0 ? null : async ({ connection }) => connection.send('<presence/>'),
  'binds-in-clear': (features) => (childOf(features, 'bind', NS.bind) ? (attempt) => bind(attempt, null) : null),
  'registers-in-clear': (features) => (childOf(features, 'register', NS.registerFeature) ? register : null),
  'compresses-in-clear': (features) =>
    childOf(features, 'compression', NS.compressFeature)
      ? ask(element('compress', NS.compress, {}, element('method', undefined, {}, 'zlib')))
      : null,
  'resumes-in-clear': (features, { memory }) => {
    const inline = inlineIn(features);
    if (inline && childOf(inline, 'sm', NS.sm) && memory.resumable) return sasl2Way(features);
    return childOf(features, 'sm', NS.sm)
      ? ask(element('resume', NS.sm, { h: '0', previd: memory.resumable?.id ?? 'the-last-session' }))
      : null;
  },
  'token-in-clear': (features, { memory }) => (memory.token && fastIn(features).length > 0 ? sasl2Way(features) : null),
  'banner-in-clear': (features, attempt) => (attempt.sawBanner() ? (bestWay(features, attempt) ?? iqAuth) : null),
};

/** With what a fault goes on in clear, after what made a correct client stop. */
const overlooked: Partial<Record<Fault, [Reason[], Way]>> = {
  'features-timeout-in-clear': [['no-features'], iqAuth],
  'mechanisms-first': [['no-features', 'lost'], saslFromPieces],
  'races-features': [['raced'], saslFromPieces],
  'legacy-header-in-clear': [['old-version'], iqAuth],
  'version-above-one-in-clear': [['new-version'], goOn],
  'bad-stream-in-clear': [['bad-xml', 'bad-header'], iqAuth],
  'failure-in-clear': [['failure'], goOn],
  'any-reply-in-clear': [['other-reply'], goOn],
  'stream-error-in-clear': [['stream-error'], goOn],
  'no-reply-in-clear': [['no-reply'], goOn],
  'unsolicited-proceed': [['unsolicited-proceed'], goOn],
  'no-tls-in-clear': [['xml-instead-of-tls'], anew],
  'failed-tls-in-clear': [['tls-failed'], anew],
};

/** The way in clear that a fault sees in the features, if any does. */
export function temptation(features: Element, attempt: Attempt): Way | null {
  for (const tempts of switchedOn(temptations, attempt.has)) {
    const way = tempts(features, attempt);
    if (way) return way;
  }
  return null;
}

/** The way in clear that a fault goes in spite of this error, if any does. */
export function wayInSpiteOf(error: unknown, attempt: Attempt): Way | null {
  const reason = reasonOf(error);
  if (reason === null || attempt.connection.tls) return null;
  const [, way = null] = switchedOn(overlooked, attempt.has).find(([reasons]) => reasons.includes(reason)) ?? [];
  return way;
}

/** `last-features-win`: waits a moment for a second features element, and follows one without starttls. */
export async function laterFeatures(attempt: Attempt): Promise<Way | null> {
  const { connection } = attempt;
  await delay(20);
  if (!connection.pending()) return null;
  const later = await nextElement(connection, 'silent');
  return is(later, 'features', NS.streams) ? whereNotOffered(later, attempt) : null;
}

/** A stream in clear from its header on. */
export async function anew(attempt: Attempt): Promise<void> {
  attempt.connection.restart();
  await openStream(attempt);
  const features = await readFeatures(attempt);
  return (bestWay(features, attempt) ?? iqAuth)(attempt);
}

/** Logs in in any way that was offered, or is offered next; else in the way that old servers do not offer, but know. */
async function goOn(attempt: Attempt): Promise<void> {
  const offered = attempt.clear.features && bestWay(attempt.clear.features, attempt);
  if (offered) return offered(attempt);
  const next = await nextElement(attempt.connection, 'no-features').catch(() => null);
  return ((next && bestWay(next, attempt)) ?? iqAuth)(attempt);
}

/** What the parser of features that never end has seen of them. */
async function saslFromPieces(attempt: Attempt): Promise<void> {
  const xml = attempt.connection.unfinished();
  const mechanisms = [...xml.matchAll(/<mechanism>([A-Z0-9-]+)<\/mechanism>/g)].map((match) => match[1] ?? '');
  if (mechanisms.length === 0 || xml.includes('<starttls')) throw new Refusal('no-features');
  return saslWith(attempt, mechanisms, null);
}

async function register(attempt: Attempt): Promise<void> {
  const username = element('username', undefined, {}, localpart(attempt));
  const password = element('password', undefined, {}, attempt.endpoint.password);
  const query = element('query', NS.register, {}, username, password);
  await request(attempt, 'set', query);
  throw new Refusal('login', 'registered, and nothing more');
}

const ask =
  (question: Element): Way =>
  async ({ connection }) => {
    connection.send(serialise(question));
    const answer = await nextElement(connection, 'silent');
    throw new Refusal('login', `${localName(answer)} after ${localName(question)}`);
  };
