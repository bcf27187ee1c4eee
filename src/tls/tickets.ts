/**
 * Session tickets across the connections of one client. Each connection has ticket keys of its own, and OpenSSL writes
 * the name of the key in front of each ticket: so a ClientHello tells in which connection the session that it offers
 * began, and Mallory can choose whether to resume it.
 */
import { randomBytes } from 'node:crypto';
import type { Peer } from '../transcript.ts';

/** A full handshake that can be gone on with. */
export interface Session {
  connection: number;
  /** What a good server resumes it under: the same credential and settings. */
  settings: string;
  credential: string;
  certificateSha256: string;
  peer: Peer;
  ticketKeys: Buffer;
}

export interface Tickets {
  /** The session that these tickets offer; null: none that is known; undefined: there are no tickets. */
  offered(tickets: readonly string[]): Session | null | undefined;
  /** @param like what connections must have in common to share them: where a session leads to is told by its keys. */
  keysFor(like: string): Buffer;
  /** From now on tickets under the session's keys stand for it. */
  began(session: Session): void;
}

/** Name, HMAC key and AES key, 16 octets each, as Node takes them. */
const KEYS = 48;
const NAME = 16;

/**
 * @param apart each connection has keys of its own. Where nothing is done to the client those that are alike may
 *   share them, as at any server: each set of keys costs a context of OpenSSL's, which is more than a handshake.
 */
export function createTickets(apart: boolean): Tickets {
  const sessions = new Map<string, Session>();
  const shared = new Map<string, Buffer>();
  return {
    offered(tickets) {
      if (tickets.length === 0) return undefined;
      return tickets.map((name) => sessions.get(name)).find((session) => session !== undefined) ?? null;
    },
    keysFor(like) {
      const keys = shared.get(like) ?? randomBytes(KEYS);
      if (!apart) shared.set(like, keys);
      return keys;
    },
    began(session) {
      sessions.set(session.ticketKeys.toString('hex', 0, NAME), session);
    },
  };
}
