/** TLS towards a real server, where Mallory is the client: its certificate has to be good. */
import type { Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Transport } from '../transcript.ts';

export interface UpstreamServer {
  host: string;
  port: number;
  /** How it is spoken to: STARTTLS, or TLS from the first octet. */
  transport: Transport;
  /** PEM of the CAs that its certificate is verified with; default: those that Node brings. */
  ca?: string | undefined;
}

/** Starts TLS on a connection that stands. `secured`: the certificate is good, too. */
export function secureUpstream(tcp: Socket, server: UpstreamServer, domain: string, secured: () => void): TLSSocket {
  return connect({ socket: tcp, ...verifying(server, domain) }, secured);
}

/** The same from the first octet (XEP-0368). */
export function connectSecurely(server: UpstreamServer, domain: string, secured: () => void): TLSSocket {
  const { host, port } = server;
  const options = { host, port, ALPNProtocols: ['xmpp-client'], ...verifying(server, domain) };
  return connect(options, secured).setNoDelay(true);
}

/** The environment could turn verification off (NODE_TLS_REJECT_UNAUTHORIZED): here it stays on. */
const verifying = (server: UpstreamServer, domain: string) => ({
  servername: domain,
  secureContext: contextFor(server),
  rejectUnauthorized: true,
});

/** What a socket's error means for somebody who has just given a host and a CA. */
export function sentenceOf(error: NodeJS.ErrnoException, place: string, domain: string): string {
  const { code = '', syscall = '', message } = error;
  // Where a name has several addresses Node tries them all, and the error of all has no message.
  if (syscall === 'connect' || syscall === 'getaddrinfo' || message === '')
    return `${place} cannot be reached (${message || code}).`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `The certificate of ${place} is not for ${domain}.`;
  // OpenSSL's verification errors have names of their own, all others begin like this.
  if (!/^ERR_|^E[A-Z]+$/.test(code)) return `The certificate of ${place} is not good: ${message} (${code}).`;
  const reason: unknown = Reflect.get(error, 'reason');
  return `The connection to ${place} is broken: ${typeof reason === 'string' ? reason : message} (${code}).`;
}

/** Reading a bundle of CAs takes 10 ms: once for all connections to a server. */
const contexts = new WeakMap<UpstreamServer, SecureContext>();

function contextFor(server: UpstreamServer): SecureContext {
  const known = contexts.get(server);
  if (known) return known;
  // With TLS 1.3 many a server has no channel binding to offer, and so does not mind clients that believe that.
  const made = createSecureContext({ minVersion: 'TLSv1.2', ...(server.ca !== undefined && { ca: server.ca }) });
  contexts.set(server, made);
  return made;
}
