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
    find: (view) =>
      view.elements.filter((o) => o.credential === 'stanza' && !proofBefore(view, o.connection, o.n)).map((o) => o.n),
    neverOfServers: () => 'xep0220-2.1-no-stanza-before',
  },
  'answered-before-proof': {
    says: () => 'It answered a request from a domain that had proved nothing to it.',
    find: (view, { canary }) =>
      view.elements
        .filter((o) => o.iq !== undefined && (o.iq.type === 'result' || o.iq.type === 'error') && o.iq.id === canary)
        .map((o) => o.n),
  },
  'asked-for-bidi-in-clear': {
    says: () => 'It made a stream bidirectional in clear.',
    find: (view) => bidis(view).flatMap((o) => (o.phase === 'clear' ? [o.n] : [])),
  },
  'external-without-certificate': {
    says: () => 'It used SASL EXTERNAL without having presented a certificate.',
    find: (view) =>
      view.elements.filter((o) => o.mechanism === 'EXTERNAL' && !presented(view, o.connection)).map((o) => o.n),
  },
};

const keys = (view: View) => view.elements.filter((o) => o.credential === 'dialback' && o.name === 'result');

const bidis = (view: View) => view.elements.filter((o) => o.name === 'bidi' && o.ns === 'urn:xmpp:bidi');

/** It had been told on this connection that it is who it says. */
const proofBefore = (view: View, connection: number, n: number) =>
  view.observations.some(
    (o) =>
      o.layer === 'xmpp' &&
      o.connection === connection &&
      o.n < n &&
      (o.type === 'authenticated' || (o.type === 'element' && o.from === 'mallory' && isProof(o))),
  );

/** Also one that the script has made up: whoever believes it does nothing wrong by sending then. */
const isProof = ({ name, xml }: { name: string; xml: string }) =>
  name === 'success' || (name === 'result' && /\stype=(["'])valid\1/.test(xml));

const presented = (view: View, connection: number) =>
  pick(view.observations, 'tls', 'handshake').some((o) => o.connection === connection && o.clientCertificate);
