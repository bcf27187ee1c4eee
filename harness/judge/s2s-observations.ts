/** What a server does on a stream to another one (RFC 6120; Server Dialback, XEP-0220; bidirectional streams, XEP-0288). */
import type { ObservationRule } from './observations.ts';
import { pick, type View } from './view.ts';

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

/** It had been told on this connection that it is who it says: after EXTERNAL, or, about this pair, after it had sent a key. */
function proofBefore(view: View, domain: string, { connection, n }: { connection: number; n: number }): boolean {
  const asked = keys(view).find((o) => o.connection === connection && o.n < n);
  const told = pick(view.observations, 'xmpp', 'element').filter(
    (o) => o.from === 'mallory' && o.connection === connection && o.n < n,
  );
  return told.some(({ name, xml, n: when }) => {
    if (name === 'success') return true;
    if (name !== 'result' || asked === undefined || when < asked.n) return false;
    const isOurs = attributeOf('from', xml) === domain && attributeOf('to', xml) === attributeOf('from', asked.xml);
    return isOurs && attributeOf('type', xml) === 'valid';
  });
}

/** Of an attribute of the first tag. */
const attributeOf = (name: string, xml: string) => new RegExp(`^[^>]*?\\s${name}=(["'])(.*?)\\1`).exec(xml)?.[2];

const presented = (view: View, connection: number) =>
  pick(view.observations, 'tls', 'handshake').some((o) => o.connection === connection && o.clientCertificate);
