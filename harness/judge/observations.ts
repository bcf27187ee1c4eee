/**
 * The observations that a scenario may name under `expect`, and those that are never right. Each is a question to the
 * transcript; the answer is the evidence, or nothing.
 */
import type { CredentialKind } from '../../src/transcript.ts';
import type { ServerPolicy } from '../result.ts';
import { CLAIMS } from './claims.ts';
import { CONNECTIONS } from './connections.ts';
import { HELLO_OBSERVATIONS } from './hello-observations.ts';
import { NAME_OBSERVATIONS } from './name-observations.ts';
import { RESUMPTION } from './resumption.ts';
import { S2S_OBSERVATIONS } from './s2s-observations.ts';
import { SASL_OBSERVATIONS } from './sasl-observations.ts';
import { type ClientElement, pick, sessions, type View } from './view.ts';

export interface ObservationRule {
  /** What the client did, as a sentence. */
  says(view: View, evidence: readonly number[]): string;
  /** The numbers of the observations that show it. */
  find(view: View, context: Context): number[];
  /** Checked everywhere, with this requirement if the scenario names no other. It breaks a `must`. */
  never?: string;
  /** The requirement in place of that for a server with this policy; null: it is right there. */
  neverOfServers?: (policy: ServerPolicy) => string | null;
  /** It is about the ClientHello: without one, not finding anything says nothing. */
  asks?: 'client-hello';
}

export interface Context {
  /** The value of `{canary}` in this attempt. */
  canary: string;
  /** The domain of the JID. */
  domain: string;
}

const TLS_1_2 = 0x0303;
const NOT_DETERRED = 'rfc7590-3.1-not-deterred';
const AUTHENTICATE = 'rfc7590-3.4-authenticate-server';

const LOGIN: CredentialKind[] = ['sasl', 'sasl2', 'iq-auth'];

export const OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'password-in-clear': {
    says: () => 'It sent the password in clear, where everybody on the path reads it.',
    find: (view) => secretsIn(view, (phase) => phase === 'clear'),
    never: NOT_DETERRED,
  },
  'authenticated-in-clear': {
    says: (view, evidence) => `It authenticated in clear${how(view, evidence)}.`,
    find: (view) =>
      inClear(view, LOGIN)
        .concat(letIn(view, (phase) => phase === 'clear'))
        .sort((a, b) => a - b),
    never: NOT_DETERRED,
  },
  'registered-in-clear': {
    says: () => 'It used in-band registration in clear.',
    find: (view) => inClear(view, ['register']),
    never: NOT_DETERRED,
  },
  'compressed-in-clear': {
    says: () => 'It asked for stream compression in clear.',
    find: (view) => inClear(view, ['compress']),
    never: NOT_DETERRED,
  },
  'resumed-in-clear': {
    says: () => 'It asked to resume a session in clear.',
    find: (view) => inClear(view, ['resume']),
    never: NOT_DETERRED,
  },
  'dialback-in-clear': {
    says: () => 'It used Server Dialback in clear.',
    find: (view) => numbers(inClearElements(view, ['dialback']).filter(isKey)),
    never: NOT_DETERRED,
  },
  'stanza-in-clear': {
    says: () => 'It sent a stanza in clear.',
    find: (view) => withoutLogin(inClearElements(view, ['stanza']), inClearElements(view, LOGIN)),
    never: NOT_DETERRED,
  },
  'password-to-untrusted': {
    says: () => 'It sent the password to a peer that it must not trust.',
    find: (view) => secretsIn(view, (phase, peer) => phase !== 'clear' && peer === 'untrusted'),
    never: AUTHENTICATE,
  },
  'token-in-clear': {
    says: () => 'It sent a token, or the id of a session, that stands for a login, in clear.',
    find: (view) => secretsIn(view, (phase) => phase === 'clear', isToken),
    never: NOT_DETERRED,
  },
  'token-to-untrusted': {
    says: () => 'It sent a token, or the id of a session, that stands for a login, to a peer that it must not trust.',
    find: (view) => secretsIn(view, (phase, peer) => phase !== 'clear' && peer === 'untrusted', isToken),
    never: AUTHENTICATE,
  },
  'authenticated-to-untrusted': {
    says: (view, evidence) => `It authenticated to a peer that it must not trust${how(view, evidence)}.`,
    find: (view) =>
      numbers(toPeer(view, 'untrusted', [...LOGIN, 'register', 'compress', 'resume']))
        .concat(letIn(view, (phase, peer) => phase !== 'clear' && peer === 'untrusted'))
        .sort((a, b) => a - b),
    never: AUTHENTICATE,
  },
  'stanza-to-untrusted': {
    says: () => 'It sent a stanza to a peer that it must not trust.',
    find: (view) =>
      withoutLogin(toPeer(view, 'untrusted', ['stanza', 'dialback']).filter(isKey), toPeer(view, 'untrusted', LOGIN)),
    never: AUTHENTICATE,
  },
  'authenticated-to-weak': {
    says: (view, evidence) => `It authenticated over a connection that it should have refused${how(view, evidence)}.`,
    find: (view) =>
      numbers(toPeer(view, 'weak', [...LOGIN, 'register', 'compress', 'resume', 'dialback', 'stanza'])).slice(0, 1),
  },
  'logged-in-through-mitm': {
    says: () =>
      "It logged in through a man in the middle whose certificate is as good as the server's; a login that is bound to the TLS channel (-PLUS) would have failed.",
    find: (view) => letIn(view, (_, peer) => peer === 'trusted-mitm'),
  },
  'negotiated-weak': {
    says: () => 'It completed a TLS handshake that it should have refused.',
    find: (view) =>
      handshakes(view)
        .filter((o) => o.peer === 'weak' || o.peer === 'untrusted' || !o.encrypted)
        .map((o) => o.n),
  },
  'sent-key-exchange': {
    says: () => 'It went on with the key exchange of a handshake that it had to abort.',
    find: (view) => recordsBehind(view, 'client-key-exchange'),
  },
  'answered-heartbeat': {
    says: () => 'It answered a heartbeat that it had never agreed to.',
    find: (view) => recordsBehind(view, 'heartbeat'),
  },
  'accepted-forgery': {
    says: (view) => `It went on with a forged handshake that it had to abort${lastForged(view)}.`,
    find: (view) => acceptances(view).map((o) => o.n),
  },
  'accepted-unoffered': {
    says: (view) => `It went on with what it had not offered${lastForged(view)}.`,
    find: (view) => acceptances(view, false).map((o) => o.n),
  },
  'went-on': {
    says: () => 'It went on with the handshake.',
    find: (view) => acceptances(view).map((o) => o.n),
  },
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
  'weaker-tls-on-retry': {
    says: () => 'After a failed handshake it came back with a lower TLS version.',
    find: weakerOnRetry,
  },
  'retried-without-scsv': {
    says: () => 'After a failed handshake it came back with a lower TLS version and without TLS_FALLBACK_SCSV.',
    find: retriedWithoutScsv,
  },
  ...RESUMPTION,
  ...HELLO_OBSERVATIONS,
  'connected-elsewhere': {
    says: () => 'It followed a redirect to another endpoint.',
    find: (view) =>
      pick(view.observations, 'tcp', 'connected')
        .filter((o) => o.endpoint !== 'main')
        .map((o) => o.n),
  },
  'authenticated-elsewhere': {
    says: () => 'It authenticated on another endpoint.',
    find: (view) =>
      view.elements
        .filter(
          (o) => view.endpointOf(o.connection) !== 'main' && o.credential !== undefined && LOGIN.includes(o.credential),
        )
        .map((o) => o.n),
  },
  ...CONNECTIONS,
  ...NAME_OBSERVATIONS,
  ...SASL_OBSERVATIONS,
  ...S2S_OBSERVATIONS,
  online: {
    says: () => 'It established a session.',
    find: (view) => sessions(view).map((o) => o.n),
  },
  'online-again': {
    says: () => 'It established a session on a later connection.',
    find: (view) =>
      sessions(view)
        .filter((o, _index, [first]) => o.connection !== first?.connection)
        .map((o) => o.n),
  },
  'online-in-tls': {
    says: () => 'It established a session inside TLS.',
    find: (view) =>
      sessions(view)
        .filter((o) => o.phase !== 'clear')
        .map((o) => o.n),
  },
  'asked-for-starttls': {
    says: () => 'It asked for STARTTLS.',
    find: (view) => view.elements.filter((o) => o.name === 'starttls' && o.phase === 'clear').map((o) => o.n),
  },
  'closed-by-client': {
    says: () => 'It closed the connection.',
    find: (view) =>
      pick(view.observations, 'tcp', 'closed')
        .filter((o) => o.from === 'client')
        .map((o) => o.n),
  },
  'tls-established': {
    says: () => 'It completed a TLS handshake.',
    find: (view) => handshakes(view).map((o) => o.n),
  },
  ...CLAIMS,
};

const handshakes = (view: View) => pick(view.observations, 'tls', 'handshake');
/** Whoever asks about a key gives nothing away. */
const isKey = ({ name }: ClientElement) => name !== 'verify';
const numbers = (elements: ClientElement[]) => elements.map((o) => o.n);
const isAnswer = (type: string) => type === 'result' || type === 'error';

function inClearElements(view: View, kinds: CredentialKind[]): ClientElement[] {
  return view.elements.filter((o) => o.phase === 'clear' && o.credential !== undefined && kinds.includes(o.credential));
}

/** A safety net: who was let in has logged in, however that looked. */
function letIn(view: View, where: (phase: string, peer: string | null) => boolean): number[] {
  return pick(view.observations, 'xmpp', 'authenticated')
    .filter((o) => where(o.phase, view.peerOf(o.connection)))
    .map((o) => o.n);
}

const inClear = (view: View, kinds: CredentialKind[]) => numbers(inClearElements(view, kinds));

function toPeer(view: View, peer: string, kinds: CredentialKind[]): ClientElement[] {
  return view.elements.filter(
    (o) =>
      o.phase !== 'clear' &&
      view.peerOf(o.connection) === peer &&
      o.credential !== undefined &&
      kinds.includes(o.credential),
  );
}

/** What follows a login on the same connection is part of that finding already. */
function withoutLogin(stanzas: ClientElement[], logins: ClientElement[]): number[] {
  return numbers(stanzas.filter((o) => !logins.some((login) => login.connection === o.connection && login.n < o.n)));
}

const isPassword = (secret: string): boolean => secret === 'password';
const isToken = (secret: string) => !isPassword(secret);

function secretsIn(view: View, where: (phase: string, peer: string | null) => boolean, wanted = isPassword): number[] {
  return view.observations
    .filter(
      (o) =>
        'secrets' in o && o.secrets?.some(({ secret }) => wanted(secret)) && where(o.phase, view.peerOf(o.connection)),
    )
    .map((o) => o.n);
}

function how(view: View, evidence: readonly number[]): string {
  const shown = view.elements.filter((o) => evidence.includes(o.n));
  const mechanism = shown.find((o) => o.mechanism !== undefined)?.mechanism;
  if (mechanism) return ` with ${mechanism}`;
  return shown.some((o) => o.credential === 'iq-auth') ? ' with jabber:iq:auth' : '';
}

/** Behind what the script did to the handshake, or first put into it. */
function recordsBehind(view: View, name: string): number[] {
  const rewritten = pick(view.observations, 'tls', 'rewritten').filter((o) => o.impossible === undefined);
  return pick(view.observations, 'tls', 'record')
    .filter((o) => o.name === name && rewritten.some((r) => r.connection === o.connection && r.n < o.n))
    .map((o) => o.n);
}

/** The records by which a client accepts what was forged. `offered`: only where that was, or was not, in its ClientHello. */
export function acceptances(view: View, offered?: boolean) {
  const forged = pick(view.observations, 'tls', 'forged').filter((o) => offered === undefined || o.offered === offered);
  return pick(view.observations, 'tls', 'record').filter((o) =>
    forged.some((f) => f.connection === o.connection && f.n < o.n && f.awaits === o.name),
  );
}

function lastForged(view: View): string {
  const forged = pick(view.observations, 'tls', 'forged').at(-1);
  return forged ? ` (${forged.version}, ${forged.cipher})` : '';
}

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
    return first && first.type !== 'stream-open' ? [first.n] : [];
  });
}

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

/** TLS 1.2 after 1.3 is no fall (RFC 9325, section 3.1.3): only what must not be negotiated at all is. */
function weakerOnRetry(view: View): number[] {
  const hellos = pick(view.observations, 'tls', 'client-hello');
  const highest = (hello: { versions: number[] }) => Math.max(0, ...hello.versions);
  const first = hellos[0] ? highest(hellos[0].hello) : 0;
  return hellos.filter((o) => highest(o.hello) < Math.min(first, TLS_1_2)).map((o) => o.n);
}

/** RFC 7507, section 4. A hello of the same connection is the answer to a HelloRetryRequest. */
function retriedWithoutScsv(view: View): number[] {
  const hellos = pick(view.observations, 'tls', 'client-hello');
  const highest = (hello: { versions: number[] }) => Math.max(0, ...hello.versions);
  const first = hellos[0] ? highest(hellos[0].hello) : 0;
  return hellos
    .filter((o) => highest(o.hello) < first && !o.hello.cipherSuites.includes(FALLBACK_SCSV))
    .map((o) => o.n);
}

const FALLBACK_SCSV = 0x5600;
