/** What a server does on a stream to another one (RFC 6120; Server Dialback, XEP-0220; bidirectional streams, XEP-0288). */
import { credentials } from '../../src/pki/credentials/index.ts';
import type { ObservationRule } from './observation-rule.ts';
import { type ClientElement, pick, type View } from './view.ts';

export const S2S_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'used-dialback': {
    says: () => 'It used Server Dialback.',
    find: (view) => keys(view).map((o) => o.n),
    neverOfServers: ({ dialback }) => (dialback ? null : 'server-policy-no-dialback'),
  },
  'stanza-before-proof': {
    says: () => 'It sent a stanza on a stream on which it had proved nothing yet.',
    find: (view, { domain }) =>
      view.elements.filter((o) => o.credential === 'stanza' && !proofBefore(view, domain, o)).map((o) => o.n),
    neverOfServers: () => 'xep0220-2.1.1-wait',
  },
  'sent-to-second-domain': {
    says: () => 'It handed something over for a second domain to a peer that had proved itself for the first one only.',
    find: (view) => forSecondDomain(view).map((o) => o.n),
  },
  'handed-over-in-clear': {
    says: () => 'It went on in clear with a domain whose DNS, signed, demands TLS.',
    find: (view) =>
      view.elements
        .filter((o) => o.phase === 'clear' && o.credential !== undefined && o.name !== 'verify')
        .map((o) => o.n),
  },
  'answered-unproven': {
    says: () => 'It answered a request from a domain that had proved nothing to it.',
    find: (view, { canary }) =>
      view.elements
        .filter((o) => o.iq !== undefined && (o.iq.type === 'result' || o.iq.type === 'error') && o.iq.id === canary)
        .map((o) => o.n),
  },
  'accepted-dialback': {
    says: () => 'It let a server in, by an answer that anybody could have given.',
    find: (view) =>
      pick(view.observations, 'xmpp', 'authenticated')
        .filter(({ connection }) => !view.connections.includes(connection))
        .map((o) => o.n),
  },
  'asked-for-bidi-in-clear': {
    says: () => 'It made a stream bidirectional in clear.',
    find: (view) => bidis(view).flatMap((o) => (o.phase === 'clear' ? [o.n] : [])),
  },
  'offers-no-xmpp-server': {
    says: () => 'It sends ALPN without xmpp-server.',
    find: (view) =>
      pick(view.observations, 'tls', 'client-hello')
        .filter(({ hello: { alpn } }) => alpn.length > 0 && !alpn.includes('xmpp-server'))
        .map((o) => o.n),
    asks: 'client-hello',
  },
  'external-without-certificate': {
    says: () => 'It used SASL EXTERNAL without having presented a certificate.',
    find: (view) =>
      view.elements.filter((o) => o.mechanism === 'EXTERNAL' && !presented(view, o.connection)).map((o) => o.n),
  },
};

const keys = (view: View) => view.elements.filter((o) => o.credential === 'dialback' && o.name === 'result');

const bidis = (view: View) => view.elements.filter((o) => o.name === 'bidi' && o.ns === 'urn:xmpp:bidi');

/**
 * It had been told on this connection that it may send to the stanza's domain: after EXTERNAL to that of the stream, or, about
 * this pair, after it had sent a key.
 */
function proofBefore(view: View, domain: string, stanza: ClientElement): boolean {
  const { connection, n } = stanza;
  const to = domainOf(attributeOf('to', stanza.xml)) ?? domain;
  const asked = keys(view).find((o) => o.connection === connection && o.n < n && attributeOf('to', o.xml) === to);
  const told = pick(view.observations, 'xmpp', 'element').filter(
    (o) => o.from === 'mallory' && o.connection === connection && o.n < n,
  );
  return told.some(({ name, xml, n: when }) => {
    if (name === 'success') return to === (wantedOn(view, connection, when) ?? domain);
    if (name !== 'result' || asked === undefined || when < asked.n) return false;
    const isOurs = attributeOf('from', xml) === to && attributeOf('to', xml) === attributeOf('from', asked.xml);
    return isOurs && attributeOf('type', xml) === 'valid';
  });
}

/** Stanzas, keys and logins for the second domain where the certificate does not name it, whomever the stream is to. */
function forSecondDomain(view: View): ClientElement[] {
  const [second] = pick(view.observations, 'process', 'told');
  if (!second) return [];
  const covered = pick(view.observations, 'tls', 'handshake').filter((o) => credentials[o.credential]?.coversSecond);
  return view.elements.filter((o) => {
    if (o.credential === undefined || o.name === 'verify' || covered.some((h) => h.connection === o.connection))
      return false;
    const to = domainOf(attributeOf('to', o.xml)) ?? wantedOn(view, o.connection, o.n);
    return to === second.domain;
  });
}

/** The domain in the server's last stream header before that. */
const wantedOn = (view: View, connection: number, n: number) =>
  pick(view.observations, 'xmpp', 'stream-open').findLast(
    (o) => o.from === 'client' && o.connection === connection && o.n < n,
  )?.attributes.to;

const domainOf = (jid: string | undefined) => jid?.split('/', 1)[0]?.replace(/^.*@/, '').toLowerCase();

/** Of an attribute of the first tag. */
const attributeOf = (name: string, xml: string) => new RegExp(`^[^>]*?\\s${name}=(["'])(.*?)\\1`).exec(xml)?.[2];

const presented = (view: View, connection: number) =>
  pick(view.observations, 'tls', 'handshake').some((o) => o.connection === connection && o.clientCertificate);
