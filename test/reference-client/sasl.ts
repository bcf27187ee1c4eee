/** The initiating side of the SASL mechanisms that it knows, and which of them it takes. */
import type { TLSSocket } from 'node:tls';
import type { Memory } from './attempt.ts';
import type { Has } from './faults.ts';
import { isExtended } from './resumption.ts';
import { HASHES, scram } from './scram.ts';

export interface Exchange {
  mechanism: string;
  initial: Buffer;
  /** @throws Error if this is no challenge that a correct server sends. */
  respond(challenge: Buffer): Buffer | Promise<Buffer>;
  /** @throws Error if the server has not proved that it knows the password, where the mechanism makes it. */
  finish(additional: Buffer | null): void;
}

export interface Account {
  user: string;
  password: string;
}

/** What a login is bound to. */
export interface Binding {
  type: string;
  data: Buffer;
}

/** What an exchange has to know of its stream. */
export interface Context {
  has: Has;
  memory: Memory;
  /** It has a certificate to log in with. */
  certified: boolean;
  /** The mechanisms that the features list. */
  offered: string[];
  /** The channel-binding types that they list (XEP-0440), or null. */
  types: string[] | null;
  /** Null where this connection has none, or the server does not take it. */
  binding: Binding | null;
}

/** Best first. Channel binding goes before the hash: it is what a man in the middle cannot pass on. */
export const MECHANISMS = [
  'EXTERNAL',
  ...Object.keys(HASHES).map((name) => `${name}-PLUS`),
  ...Object.keys(HASHES),
  'PLAIN',
];

/** RFC 9266. On TLS 1.2 it needs the extended master secret; tls-unique, which others know there, is as good with it. */
export function tlsExporter(tls: TLSSocket | null): Buffer | null {
  if (tls?.getProtocol() !== 'TLSv1.3') return null;
  return tls.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

/** RFC 5929, section 3: the first Finished of the handshake. Without extended master secret it binds to nothing (RFC 7627). */
export function tlsUnique(tls: TLSSocket | null): Buffer | null {
  const session = tls?.getSession();
  if (tls?.getProtocol() !== 'TLSv1.2' || !session || !isExtended(session)) return null;
  return (tls.isSessionReused() ? tls.getPeerFinished() : tls.getFinished()) ?? null;
}

/** Null if none of the mechanisms is one that it takes. */
export function startExchange(account: Account, context: Context): Exchange | null {
  const mechanism = choose(context);
  return mechanism === undefined ? null : exchangeWith(mechanism, account, context);
}

export function exchangeWith(mechanism: string, account: Account, context: Context): Exchange {
  if (mechanism === 'EXTERNAL') return oneMessage(mechanism, '');
  if (mechanism === 'PLAIN') return oneMessage(mechanism, `\0${account.user}\0${account.password}`);
  if (!MECHANISMS.includes(mechanism)) return oneMessage(mechanism, withoutCredential(mechanism, account));
  context.memory.usedScram = true;
  return scram(mechanism, account, context);
}

/** RFC 6120, section 6.3.3: by its own preference, whatever the order of the list. */
function choose({ has, memory, certified, offered, binding }: Context): string | undefined {
  // Who has a certificate has no use for a password: its own list ends with EXTERNAL.
  const own = (name: string) =>
    certified ? name === 'EXTERNAL' || has('password-without-external') || has('server-order') : name !== 'EXTERNAL';
  const known = MECHANISMS.filter((name) => own(name) && offered.includes(name));
  if (has('server-order')) known.sort((a, b) => offered.indexOf(a) - offered.indexOf(b));
  const acceptable = known.filter((name) => binding !== null || !name.endsWith('-PLUS'));
  // XEP-0474, section 6: who has used SCRAM once falls for no list without it.
  // Where a fault takes what comes on reconnect, it takes PLAIN, too.
  const pinned = memory.usedScram && !has('forgets-scram') && !has('clear-on-reconnect');
  const chosen = acceptable.find((name) => name !== 'PLAIN' || !pinned);
  return chosen ?? (has('any-mechanism') ? offered[0] : undefined);
}

function oneMessage(mechanism: string, message: string): Exchange {
  const respond = () => {
    throw new Error(`${mechanism} has no challenge`);
  };
  return { mechanism, initial: Buffer.from(message), respond, finish: () => undefined };
}

/** `any-mechanism`: the password in place of a token. */
function withoutCredential(mechanism: string, { user, password }: Account): string {
  if (mechanism === 'OAUTHBEARER') return `n,a=${user},\x01auth=Bearer ${password}\x01\x01`;
  return mechanism === 'X-OAUTH2' ? `\0${user}\0${password}` : '';
}
