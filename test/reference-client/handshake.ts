/** The initiating side of a TLS handshake on a connected socket. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { after } from './patience.ts';
import { Refusal } from './refusal.ts';

/** What the servers stapled to their certificates. */
const staples = new WeakMap<TLSSocket, Buffer>();

export const stapleOf = (socket: TLSSocket): Buffer | null => staples.get(socket) ?? null;

/**
 * Asked once the other side's flight is complete, and before anything answers it; false ends the handshake there. Node has no
 * such event but that of a staple, which comes without one, too, where it was asked for.
 */
export type Early = (socket: TLSSocket, staple: Buffer | null) => boolean;

/**
 * Settles once the handshake is complete. The certificate is for the caller to judge: Node's opinion of its chain is
 * `authorized`.
 *
 * @throws Refusal; the socket is destroyed then.
 */
export async function handshake(
  below: Duplex,
  options: ConnectionOptions,
  limit: number,
  early: Early = () => true,
): Promise<TLSSocket> {
  const socket = connect({ socket: below, rejectUnauthorized: false, ...options });
  let stalled = false;
  let refused = false;
  socket.once('OCSPResponse', (staple: Buffer | null) => {
    if (staple) staples.set(socket, staple);
    refused = !early(socket, staple);
    if (refused) socket.destroy(new Error('the certificate does not hold'));
  });
  const cancel = after(limit, () => {
    stalled = true;
    socket.destroy(new Error('the TLS handshake does not end'));
  });
  const closed = once(socket, 'close').then(() => {
    throw Object.assign(new Error('closed'), { code: 'ECONNRESET' });
  });
  try {
    await Promise.race([once(socket, 'secureConnect'), closed]);
    return socket;
  } catch (error) {
    socket.destroy();
    below.destroy();
    const { code, message } = error as NodeJS.ErrnoException;
    if (refused) throw new Refusal('certificate', message);
    if (stalled) throw new Refusal('tls-stalled', message);
    throw new Refusal(code === 'ECONNRESET' ? 'tls-lost' : 'tls-failed', message);
  } finally {
    cancel();
    closed.catch(() => undefined);
  }
}

export interface Fork {
  /** For TLS. */
  stream: Duplex;
  /** What came, if it begins as XML does and no TLS record can; it is kept from TLS. */
  xml: Promise<Buffer>;
}

/** Looks at the first octet that answers a ClientHello. */
export function fork(socket: Socket): Fork {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
  });
  const xml = new Promise<Buffer>((resolve) => {
    let first = true;
    const receive = (chunk: Buffer) => {
      if (first && chunk[0] === '<'.charCodeAt(0)) {
        socket.off('data', receive);
        return resolve(chunk);
      }
      first = false;
      stream.push(chunk);
    };
    socket.on('data', receive);
  });
  socket.once('end', () => stream.push(null));
  socket.once('error', (error) => stream.destroy(error));
  socket.once('close', () => stream.destroy());
  return { stream, xml };
}
