/** What a transcript shows of SASL inside TLS: of its mechanisms, and of the messages of SCRAM in them. */
import type { ObservationRule } from './observation-rule.ts';
import { type ClientElement, pick, type View } from './view.ts';

export const SASL_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'answered-false-challenge': {
    says: () => 'It answered a challenge that it has to refuse, with a proof of the password.',
    find: (view) => numbers(after(view, ['features', 'challenge']).filter((o) => /(?:^|,)p=/.test(dataOf(o)))),
  },
  'went-on-after-false-success': {
    says: () => 'It went on as if it were logged in, though the server had not proved that it knows the password.',
    find: wentOn,
  },
  'gave-up': {
    says: () => 'It ended the connection before the limit came.',
    find: gaveUp,
  },
  'used-plain': {
    says: () => 'It sent the password itself to the server, with PLAIN.',
    find: (view) => numbers(inTls(view).filter(isPlain)),
  },
  'plain-after-scram': {
    says: () => 'It sent the password itself to the server, with PLAIN, after it had used SCRAM.',
    find: (view) => numbers(inTls(view).filter((o) => isPlain(o) && usedBefore(view, o, /^SCRAM-/))),
  },
  'iq-auth-after-sasl': {
    says: () => 'It used jabber:iq:auth after it had used SASL.',
    find: (view) => numbers(inTls(view).filter((o) => o.credential === 'iq-auth' && usedBefore(view, o, /./))),
  },
  'unbound-after-bound': {
    says: () => 'It logged in without channel binding after it had used it.',
    find: (view) =>
      numbers(inTls(view).filter((o) => isUnbound(o) && clientFirst(o)?.flag !== 'y' && usedBefore(view, o, /-PLUS$/))),
  },
  'gave-up-channel-binding': {
    says: () => 'It tried again without channel binding after a failure with it, and told the server so (y).',
    find: (view) =>
      numbers(inTls(view).filter((o) => isUnbound(o) && clientFirst(o)?.flag === 'y' && usedBefore(view, o, /-PLUS$/))),
  },
  'denied-channel-binding': {
    says: () => 'It said (n) that it does not support channel binding, though it does.',
    find: (view) => numbers(inTls(view).filter((o) => clientFirst(o)?.flag === 'n')),
  },
  'authenticated-inside-tls': {
    says: () => 'It went on to authenticate.',
    find: (view) => numbers(inTls(view).filter((o) => o.mechanism !== undefined)),
  },
  'bound-to-nothing': {
    says: () => 'It bound to tls-unique, which TLS 1.3 does not have.',
    find: (view) =>
      numbers(inTls(view).filter((o) => clientFirst(o)?.type === 'tls-unique' && version(view, o) === 'TLSv1.3')),
  },
  'reused-nonce': {
    says: () => 'It used the nonce of an earlier login again.',
    find: reusedNonce,
  },
  'showed-certificate-to-untrusted': {
    says: () => 'It showed its own certificate, and so who its user is, to a peer that it must not trust.',
    find: (view) =>
      pick(view.observations, 'tls', 'handshake')
        .filter(({ peer, clientCertificate }) => peer === 'untrusted' && clientCertificate)
        .map(({ n }) => n),
  },
  'password-instead-of-certificate': {
    says: (view, evidence) => {
      const mechanism = view.elements.find(({ n }) => evidence.includes(n))?.mechanism;
      return `It logged in with its password (${mechanism ?? 'jabber:iq:auth'}), though it has a certificate.`;
    },
    find: (view) =>
      numbers(
        inTls(view).filter(
          ({ mechanism, credential }) =>
            credential === 'iq-auth' || (mechanism !== undefined && OF_PASSWORDS.test(mechanism)),
        ),
      ),
  },
  'used-other-credential': {
    says: (view, evidence) => {
      const mechanism = view.elements.find(({ n }) => evidence.includes(n))?.mechanism;
      return `It tried ${mechanism ?? 'a mechanism'} for which it was given nothing.`;
    },
    find: (view) => numbers(inTls(view).filter((o) => o.mechanism !== undefined && !OF_PASSWORDS.test(o.mechanism))),
  },
};

const OF_PASSWORDS = /^(?:SCRAM-|HT-|PLAIN$|LOGIN$|DIGEST-MD5$|CRAM-MD5$)/;

const numbers = (elements: ClientElement[]) => elements.map(({ n }) => n);
const inTls = (view: View) => view.elements.filter(({ phase }) => phase !== 'clear');
const isUnbound = ({ mechanism = '' }: ClientElement) => /^SCRAM-.*(?<!-PLUS)$/.test(mechanism);
const isPlain = ({ mechanism }: ClientElement) => mechanism === 'PLAIN' || mechanism === 'LOGIN';

function usedBefore(view: View, { n }: ClientElement, mechanism: RegExp): boolean {
  return inTls(view).some((o) => o.n < n && o.mechanism !== undefined && mechanism.test(o.mechanism));
}

/** What the client said on a connection after the script had acted there at one of these points. */
function after(view: View, points: string[]): ClientElement[] {
  return inTls(view).filter((o) => falseSince(view, o.connection, points) < o.n);
}

function falseSince(view: View, connection: number, points: string[]): number {
  const acted = pick(view.observations, 'script', 'action').find(
    (o) => o.connection === connection && points.includes(o.point) && o.phase !== 'clear',
  );
  return acted?.n ?? Number.POSITIVE_INFINITY;
}

/** SASL is followed by a new stream; what follows SASL2 is part of a session. Ending it in order is neither. */
function wentOn(view: View): number[] {
  const points = ['challenge', 'success'];
  const streams = pick(view.observations, 'xmpp', 'stream-open').filter(
    (o) => o.from === 'client' && o.n > falseSince(view, o.connection, points),
  );
  const stanzas = after(view, points).filter(
    (o) => o.credential === 'stanza' || SESSION.includes(o.name) || (o.ns === SASL2 && TASK.includes(o.name)),
  );
  return [...streams, ...stanzas].map(({ n }) => n).sort((a, b) => a - b);
}

/** XEP-0388, section 2.6.3. */
const TASK = ['next', 'task-data'];
const SASL2 = 'urn:xmpp:sasl:2';

/** XEP-0198. */
const SESSION = ['enable', 'resume', 'r', 'a'];

function gaveUp({ observations }: View): number[] {
  const limit = pick(observations, 'run', 'limit')[0]?.n ?? Number.POSITIVE_INFINITY;
  return pick(observations, 'tcp', 'closed')
    .filter((o) => o.from === 'client' && o.n < limit)
    .map(({ n }) => n);
}

function reusedNonce(view: View): number[] {
  const seen = new Set<string>();
  return inTls(view).flatMap((o) => {
    const nonce = clientFirst(o)?.nonce;
    if (nonce === undefined) return [];
    const again = seen.has(nonce);
    seen.add(nonce);
    return again ? [o.n] : [];
  });
}

function version(view: View, { connection }: ClientElement): string | undefined {
  return pick(view.observations, 'tls', 'handshake').find((o) => o.connection === connection)?.version;
}

interface ClientFirst {
  flag: string;
  type: string | undefined;
  nonce: string;
}

/** RFC 5802, section 7: in the initial response, or in the first one. */
function clientFirst(o: ClientElement): ClientFirst | null {
  const {
    type,
    flag = 'p',
    nonce,
  } = /^(?:p=(?<type>[A-Za-z0-9.-]+)|(?<flag>[ny])),[^,]*,(?:m=[^,]*,)?n=[^,]*,r=(?<nonce>[^,]+)/.exec(dataOf(o))
    ?.groups ?? {};
  return nonce === undefined ? null : { flag, type, nonce };
}

/** The octets in a SASL element, as text; empty where there are none. */
function dataOf({ credential, xml }: ClientElement): string {
  if (credential !== 'sasl' && credential !== 'sasl2') return '';
  const base64 = />\s*([A-Za-z0-9+/]{4,}={0,2})\s*</.exec(xml)?.[1] ?? '';
  return Buffer.from(base64, 'base64').toString('latin1');
}
