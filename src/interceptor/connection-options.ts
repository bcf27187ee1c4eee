/** What one connection is told, and what can be done with it from outside. */
import type { Socket } from 'node:net';
import type { EntityFactory } from '../entity/receiving-entity.ts';
import type { Issued } from '../pki/credentials/row.ts';
import type { TlsVersion } from '../script/moment.ts';
import type { Script } from '../script/script.ts';
import type { Tickets } from '../tls/tickets.ts';
import type { ContentNamespace, Peer, Transcript, Transport } from '../transcript.ts';
import type { Canaries } from './canaries.ts';
import type { Keep } from './kept.ts';

export interface ConnectionOptions {
  socket: Socket;
  /** Counted over all endpoints, from 1. */
  n: number;
  /**
   * Counted on this endpoint, from 1: what a script addresses. Until the connection counts it is the number that it would
   * have: some clients open several at a time, begin a stream on each, and go on with one.
   */
  nth(): number;
  /** The client has asked for something here, or the script has acted: it is one of those that count. */
  count(): void;
  endpoint: string;
  transport: Transport;
  namespace: ContentNamespace;
  transcript: Transcript;
  script: Script;
  entity: EntityFactory;
  /** What a correct peer would present and speak. */
  credential: string;
  versions: { min: TlsVersion; max: TlsVersion };
  /** Whose certificates a client is asked for; default: it is asked for none. */
  clientCa: string | undefined;
  issue(credential: string): Promise<Issued>;
  peerOf(credential: string, asksForStaple?: boolean): Peer;
  fill(text: string, stream: { id: string; resource: string }): string;
  canaries: Canaries;
  keep: Keep;
  /** Of all connections. */
  tickets: Tickets;
  /** Told of the octets that came over TCP. @returns whether the client may send so many, on all of its connections. */
  affords(octets: number): boolean;
  random(): number;
  /** Whether every write is cut and delayed at random. */
  shake: boolean;
  /** Raw bytes to the real server, once the TCP connection stands: see `ReceivingEntity.tunnel`. */
  tunnel: boolean;
  /** Is told the secrets of TLS, for a recording. */
  keylog: ((line: Buffer) => void) | undefined;
}

export interface Connection {
  /** Settles once the client's side was read to its end. Never rejects. */
  done: Promise<void>;
  /** Ends it from Mallory's side: the stream, then TCP. */
  hangUp(): void;
  /** Tears it down without a word. */
  destroy(): void;
  waitedMs(): number;
}
