/** What belongs to one connection: who logs in where, with which faults, and what the connection has shown so far. */
import type { X509Certificate } from 'node:crypto';
import type { Element } from 'ltx';
import type { Endpoint } from '../../harness/client/client.ts';
import type { ServerPolicy } from '../../harness/result.ts';
import { is } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import type { Connection } from './connection.ts';
import type { Dane } from './dane.ts';
import type { Token } from './fast.ts';
import type { Has } from './faults.ts';
import { type Reason, Refusal } from './refusal.ts';
import type { Resumable } from './stream-management.ts';

/** How a connection is made; all but the first plan of a login are a fault's. */
export interface Plan {
  host: string;
  port: number;
  /** What DNS has made of the host. */
  address?: string;
  /** Speaks no TLS at all. */
  clear: boolean;
  /** The highest TLS version, as Node names it. */
  maxVersion: 'TLSv1.3' | 'TLSv1.2' | 'TLSv1.1' | 'TLSv1';
  redirected: boolean;
  /** A fault gets on with whatever is there, as long as it can use Server Dialback. */
  byDialback?: boolean;
  /** Whether the ClientHello asks for an OCSP response. */
  asksForStaple: boolean;
}

export interface Session {
  octets: Buffer;
  /** What was sent when it began: a resumed handshake has no certificates, and Node remembers none. */
  chain: X509Certificate[];
}

/** What outlives a connection, within one call of the client. */
export interface Memory {
  wasOnline: boolean;
  /** Of a connection that led to a login: what the next one offers to resume. */
  session: Session | null;
  /** The certificate of the last login. */
  leaf: X509Certificate | null;
  /** Fingerprints of all that it was shown, verified or not. */
  shown: Set<string>;
  usedScram: boolean;
  /** There was a redirect that nobody can follow. */
  redirectUnread: boolean;
  /** Aborted when the client is told to end. */
  signal: AbortSignal;
  /** Of the last SCRAM exchange; a correct client makes a new one each time. */
  nonce: string | null;
  token: Token | null;
  resumable: Resumable | null;
  /** A fault has sent its ClientHello of old. */
  probed: boolean;
}

/** What a server is to others, which a client is not. */
export interface Identity {
  domain: string;
  /** PEM. */
  certificate: string;
  key: string;
  policy: ServerPolicy;
  /** `HOST:PORT` of the HTTPS of every domain, or null. */
  https: string | null;
  /** XEP-0185: of the stream with this id to that domain. */
  dialbackKey(to: string, streamId: string): string;
}

export interface Attempt {
  endpoint: Endpoint;
  /** Null for a client. */
  server: Identity | null;
  /** What signed DNS says of the other side; null: nothing. */
  dane: Dane | null;
  /** Of the stream, as the other side names it. */
  streamId: string;
  /** What it does inside TLS in place of a login. */
  instead: ((attempt: Attempt) => Promise<void>) | null;
  /** A dialback result came before a key was sent, and a fault has taken it. */
  unsolicited: boolean;
  /** Stanzas may come back on the stream (XEP-0288). */
  bidi: boolean;
  /** A server whose certificate holds; others may go on with one, and prove themselves in another way. */
  trusted: boolean;
  has: Has;
  plan: Plan;
  memory: Memory;
  connection: Connection;
  /** Whether the ClientHello offers a session. */
  offered: boolean;
  /** What the other side has sent in TLS, the leaf first. */
  chain: X509Certificate[];
  /** Of the stream in clear. */
  clear: { from: string | null; features: Element | null };
  /** Whether something came before the stream header, and a fault has left it out. */
  sawBanner(): boolean;
  /** What a fault keeps of what came in clear, for the stream inside TLS. */
  kept: { stanzas: Element[]; features: Element | null; success: boolean };
}

/**
 * The next first-level element.
 *
 * @throws Refusal for the stream's end, and for a stream error.
 */
export async function nextElement(connection: Connection, silence: Reason | null): Promise<Element> {
  const event = await connection.next(silence);
  if (event.type !== 'element') throw new Refusal('lost', 'the stream was closed');
  refuseError(event.element);
  return event.element;
}

/** @throws Refusal for a stream error. */
export function refuseError(element: Element): void {
  if (!is(element, 'error', NS.streams)) return;
  const host = element.getChild('see-other-host', NS.streamErrors)?.getText() ?? null;
  throw new Refusal('stream-error', `stream error: ${element.getChildElements()[0]?.getName()}`, host);
}

export function isStanza(element: Element): boolean {
  return ['iq', 'message', 'presence'].some((name) => is(element, name, NS.client) || is(element, name, NS.server));
}

export function localpart({ endpoint: { jid } }: Attempt): string {
  return jid.slice(0, jid.indexOf('@'));
}

/** The domain; for a fault the host that DNS has made of it. */
export const askedFor = ({ has, endpoint, plan }: Attempt, fault: 'sni-is-srv-target' | 'to-is-srv-target') =>
  has(fault) && endpoint.via === 'dns' ? plan.host : endpoint.domain;

/** Whether a redirect has led here, or the server's wish. */
export const isElsewhere = ({ plan, endpoint }: Attempt) => plan.host !== endpoint.host || plan.port !== endpoint.port;
