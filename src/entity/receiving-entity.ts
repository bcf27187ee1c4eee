/**
 * What the initiating entity wants to talk to. It is always correct and owns no TLS: it exchanges elements, and every
 * deviation is the script's.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Element } from 'ltx';

/** The initiating entity's stream header, as far as it matters. `secured`: it came inside TLS. */
export interface StreamRequest {
  to: string | undefined;
  from: string | undefined;
  secured: boolean;
}

/** What SASL may rest on. Each buffer is the channel-binding data of its type, or null where TLS cannot give it. */
export interface TlsFacts {
  version: string;
  /** RFC 9266: 32 octets of keying material; TLS 1.3, or TLS 1.2 with extended master secret. */
  tlsExporter: Buffer | null;
  /** RFC 5929, section 3: never on TLS 1.3. */
  tlsUnique: Buffer | null;
  /** RFC 5929, section 4. */
  tlsServerEndPoint: Buffer | null;
  /** What the client presented, unverified; null if it was not asked or had none. */
  clientCertificate: X509Certificate | null;
}

export interface ReceivingEntity {
  /** A stream header arrived; the answer is `header` and then `send` with the features. */
  open(stream: StreamRequest): void;
  /** A first-level element of the stream arrived. */
  receive(element: Element): void;
  /** The connection is inside TLS now; the next thing to come is `open`. */
  secured(facts: TlsFacts): void;
  /** The stream is over, or the connection gone. May be called more than once. */
  close(): void;
  /** Raw bytes between the initiating entity and a real server, for TLS end to end. Only where there is one. */
  tunnel?(socket: Socket): void;
}

/** Where an entity puts what it has to say. The interceptor stands behind it. */
export interface EntitySink {
  header(attributes: { id: string; from: string; to: string | undefined }): void;
  /** `done`: called once the element was handed to the network. */
  send(element: Element): void;
  /** After what was just sent the initiating entity opens a new stream (RFC 6120, section 4.3.3). */
  restart(): void;
  authenticated(login: { mechanism: string; user: string }): void;
  bound(jid: string): void;
  /** Between servers: a stanza from this JID to this domain was accepted. */
  accepted(jid: string, domain: string): void;
  /** What the certificate of the initiating entity is worth. */
  certificate(judged: { sha256: string; names: string; fault: string | null }): void;
  /** The entity closes its stream, and with it the connection. */
  close(): void;
}

export type EntityFactory = (sink: EntitySink) => ReceivingEntity;
