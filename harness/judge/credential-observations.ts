/** What a client gives away, and to whom: the credential phase in clear, or to a peer that is not honest. */
import type { CredentialKind } from '../../src/transcript.ts';
import type { ObservationRule } from './observation-rule.ts';
import { type ClientElement, pick, type View } from './view.ts';

const NOT_DETERRED = 'rfc7590-3.1-not-deterred';
const AUTHENTICATE = 'rfc7590-3.4-authenticate-server';

export const CREDENTIAL_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
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
  'authenticated-elsewhere': {
    says: () => 'It authenticated on another endpoint.',
    find: (view) =>
      view.elements
        .filter(
          (o) => view.endpointOf(o.connection) !== 'main' && o.credential !== undefined && LOGIN.includes(o.credential),
        )
        .map((o) => o.n),
  },
};

export const LOGIN: CredentialKind[] = ['sasl', 'sasl2', 'iq-auth'];

/** Whoever asks about a key gives nothing away. */
const isKey = ({ name }: ClientElement) => name !== 'verify';

const numbers = (elements: ClientElement[]) => elements.map((o) => o.n);

function inClearElements(view: View, kinds: CredentialKind[]): ClientElement[] {
  return view.elements.filter((o) => o.phase === 'clear' && o.credential !== undefined && kinds.includes(o.credential));
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
export function withoutLogin(stanzas: ClientElement[], logins: ClientElement[]): number[] {
  return numbers(stanzas.filter((o) => !logins.some((login) => login.connection === o.connection && login.n < o.n)));
}

/** A safety net: who was let in has logged in, however that looked. On a connection of her own it is Mallory who was. */
function letIn(view: View, where: (phase: string, peer: string | null) => boolean): number[] {
  return pick(view.observations, 'xmpp', 'authenticated')
    .filter((o) => view.connections.includes(o.connection) && where(o.phase, view.peerOf(o.connection)))
    .map((o) => o.n);
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

export function how(view: View, evidence: readonly number[]): string {
  const shown = view.elements.filter((o) => evidence.includes(o.n));
  const mechanism = shown.find((o) => o.mechanism !== undefined)?.mechanism;
  if (mechanism) return ` with ${mechanism}`;
  return shown.some((o) => o.credential === 'iq-auth') ? ' with jabber:iq:auth' : '';
}
