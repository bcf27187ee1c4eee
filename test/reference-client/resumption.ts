/** TLS sessions across the connections of a client that stays (RFC 8446, section 4.6.1), and the faults of it. */
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { children } from '../../src/pki/der.ts';
import { uint, uint16s, vector } from '../../src/tls/records/octets.ts';
import { CONTENT_TYPE, encodeHandshake, encodeRecord, HANDSHAKE_TYPE, TLS_1_2 } from '../../src/tls/records/record.ts';
import type { Attempt, Session } from './attempt.ts';
import { after } from './patience.ts';

/** The session to offer on the next connection. It is taken out: a ticket is for one use (RFC 8446, appendix C.4). */
export function takeSession({ memory }: Attempt): Session | null {
  const { session } = memory;
  memory.session = null;
  return session;
}

/** Once it is online: only a session that has proved itself is kept. */
export function keepSession({ memory, connection, chain, has }: Attempt): void {
  const octets = connection.tls?.getSession();
  if (octets && (isExtended(octets) || has('resumes-without-ems'))) memory.session = { octets, chain };
}

/** A fault: what the other side gives to a client that has already turned away. */
export async function keepRejected({ memory, chain, has, endpoint }: Attempt, socket: TLSSocket, limit: number) {
  if (!has('keeps-rejected-session') || endpoint.session === 'once') return;
  if (socket.getProtocol() === 'TLSv1.3' && !socket.isSessionReused()) await ticket(socket, limit);
  const octets = socket.getSession();
  memory.session = octets ? { octets, chain } : null;
}

/** A fault: a ClientHello with early data behind it, in which nothing is right but its form. */
export function earlyData(domain: string): Buffer {
  const extension = (type: number, ...content: Buffer[]) => Buffer.concat([uint(2, type), vector(2, ...content)]);
  const extensions = [
    extension(0, vector(2, uint(1, 0), vector(2, Buffer.from(domain)))),
    extension(10, vector(2, uint16s([29]))),
    extension(13, vector(2, uint16s([0x0403]))),
    extension(43, vector(1, uint16s([0x0304]))),
    extension(45, vector(1, uint(1, 1))),
    extension(51, vector(2, uint(2, 29), vector(2, randomBytes(32)))),
    extension(42),
    extension(41, vector(2, vector(2, randomBytes(64)), randomBytes(4)), vector(2, vector(1, randomBytes(32)))),
  ];
  const suites = vector(2, uint16s([0x1301]));
  const body = [uint(2, TLS_1_2), randomBytes(32), vector(1), suites, vector(1, uint(1, 0)), vector(2, ...extensions)];
  return Buffer.concat([
    encodeHandshake([{ type: HANDSHAKE_TYPE.clientHello, body: Buffer.concat(body) }]),
    encodeRecord({ type: CONTENT_TYPE.applicationData, version: TLS_1_2, fragment: randomBytes(100) }),
  ]);
}

/** RFC 7627, section 5.3: a session without extended master secret is not resumed. It is a flag of OpenSSL's, in [13]. */
export function isExtended(session: Buffer): boolean {
  const fields = children(asOpenSsl(session));
  const version = fields[1]?.readUInt16BE(2);
  const flags = fields.find(([tag]) => tag === 0xad);
  return version === 0x0304 || ((flags?.at(-1) ?? 0) & 1) === 1;
}

/** Node 24 has a label and the server name, with its length, in front of what OpenSSL gave it, and offers it to no other. */
export function asOpenSsl(session: Buffer): Buffer {
  const { length } = LABEL;
  return session.subarray(0, length).equals(LABEL)
    ? session.subarray(length + 2 + session.readUInt16BE(length))
    : session;
}

const LABEL = Buffer.from('\0nodejs:tls:session:1\0');

function ticket(socket: TLSSocket, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = after(limit, resolve);
    socket.once('session', () => {
      cancel();
      resolve();
    });
  });
}
