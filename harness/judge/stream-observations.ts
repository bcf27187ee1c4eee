/** What a client says on its streams out of order: before TLS, inside TLS, and where the one ends and the other begins. */

import type { Observation } from '../../src/transcript.ts';
import { how, LOGIN, withoutLogin } from './credential-observations.ts';
import { handshakes } from './handshake-observations.ts';
import type { ObservationRule } from './observation-rule.ts';
import { pick, type View } from './view.ts';

export const STREAM_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'answered-injected-iq': {
    says: () => 'It answered, inside TLS, a request that was injected in clear.',
    find: (view, { canary }) =>
      view.elements
        .filter((o) => o.phase !== 'clear' && o.iq !== undefined && isAnswer(o.iq.type) && o.iq.id === canary)
        .map((o) => o.n),
  },
  'used-unoffered-mechanism': {
    says: (view, evidence) => `It used a mechanism that was not offered inside TLS${how(view, evidence)}.`,
    find: unofferedMechanism,
  },
  'skipped-sasl': {
    says: () => 'It went on inside TLS as if it had logged in, without doing so.',
    find: (view) =>
      withoutLogin(
        view.elements.filter((o) => o.phase !== 'clear' && o.credential === 'stanza'),
        view.elements.filter((o) => o.credential !== undefined && LOGIN.includes(o.credential)),
      ).slice(0, 1),
  },
  'starttls-inside-tls': {
    says: () => 'It asked for STARTTLS inside TLS.',
    find: (view) => view.elements.filter((o) => o.name === 'starttls' && o.phase !== 'clear').map((o) => o.n),
  },
  'continued-old-stream': {
    says: () => 'It went on with the old stream inside TLS instead of opening a new one.',
    find: continuedOldStream,
  },
  'enabled-in-clear': {
    says: () => 'It enabled stream management in clear.',
    find: (view) =>
      view.elements
        .filter((o) => o.phase === 'clear' && o.name === 'enable' && o.ns.startsWith('urn:xmpp:sm:'))
        .map((o) => o.n),
  },
  'bytes-after-starttls': {
    says: () => 'It sent more between <starttls/> and the ClientHello.',
    find: (view) =>
      pick(view.observations, 'tcp', 'bytes')
        .filter((o) => o.why === 'after-starttls')
        .map((o) => o.n),
  },
  'acted-before-features': {
    says: () => 'It did not wait for the stream features.',
    find: actedBeforeFeatures,
  },
  'jid-in-clear': {
    says: () => 'It names the account in a stream header in clear.',
    find: (view) =>
      pick(view.observations, 'xmpp', 'stream-open')
        .filter((o) => o.from === 'client' && o.phase === 'clear' && o.attributes.from?.includes('@'))
        .map((o) => o.n),
  },
  'asked-for-starttls': {
    says: () => 'It asked for STARTTLS.',
    find: (view) => view.elements.filter((o) => o.name === 'starttls' && o.phase === 'clear').map((o) => o.n),
  },
};

const isAnswer = (type: string) => type === 'result' || type === 'error';

function unofferedMechanism(view: View): number[] {
  return view.elements
    .filter((o) => {
      if (o.phase === 'clear' || o.mechanism === undefined) return false;
      const offers = pick(view.observations, 'xmpp', 'element').filter(
        (f) =>
          f.from === 'mallory' &&
          f.connection === o.connection &&
          f.n < o.n &&
          f.phase !== 'clear' &&
          f.name === 'features',
      );
      return !offers.some((f) => f.mechanisms?.includes(o.mechanism ?? ''));
    })
    .map((o) => o.n);
}

function continuedOldStream(view: View): number[] {
  return handshakes(view).flatMap((handshake) => {
    const first = view.observations.find(
      (o) =>
        o.n > handshake.n &&
        o.layer === 'xmpp' &&
        o.connection === handshake.connection &&
        'from' in o &&
        o.from === 'client',
    );
    return first && first.type !== 'stream-open' && !isFarewell(first) ? [first.n] : [];
  });
}

/** Some libraries end the stream before they end the connection, whether or not they have opened a new one. */
const isFarewell = (o: Observation) =>
  o.type === 'stream-close' || (o.type === 'malformed' && o.text.trim() === '</stream:stream>');

function actedBeforeFeatures(view: View): number[] {
  return view.elements
    .filter((o) => {
      if (o.name === 'starttls') return false;
      const opened = view.observations.findLast(
        (s) =>
          s.n < o.n &&
          s.layer === 'xmpp' &&
          s.type === 'stream-open' &&
          s.connection === o.connection &&
          s.from === 'client',
      );
      return !view.observations.some(
        (f) =>
          f.n > (opened?.n ?? 0) &&
          f.n < o.n &&
          f.layer === 'xmpp' &&
          f.type === 'element' &&
          f.from === 'mallory' &&
          f.connection === o.connection &&
          f.name === 'features',
      );
    })
    .map((o) => o.n);
}
