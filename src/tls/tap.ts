/** What lies between TCP and TLS where a client may go on in clear: TLS alone would swallow it without a word. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** What TLS can be put on top of. */
export type Carrier = Duplex & { readonly bytesWritten: number; setNoDelay?(on: boolean): unknown };

/** RFC 8446, section 5.1: change_cipher_spec to application_data; RFC 6520, section 3: heartbeat. */
const CONTENT_TYPES = { first: 20, last: 24 };
const HEADER = 5;
/** Octets that are handed on as evidence; a client that floods has shown enough by then. */
const MOST_STRAY = 65_536;

/**
 * Passes octets through in both directions. From the first of them that cannot be a TLS record on, `stray` gets what the
 * client sends, too. It ends with TLS; the socket below goes on being read, and is the caller's to close.
 *
 * @param early what was read already: looked at, and not passed on
 */
export function tap(socket: Socket, early: Buffer, stray: (octets: Buffer) => void): Carrier {
  let bytesWritten = 0;
  let left = MOST_STRAY;
  const inspect = afterRecords((octets) => {
    const some = octets.subarray(0, left);
    left -= some.length;
    if (some.length > 0) stray(some);
  });

  const carrier = new Duplex({
    read: () => void socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      bytesWritten += chunk.length;
      socket.write(chunk, done);
    },
    final(done) {
      socket.end(done);
    },
    destroy(error, done) {
      // TLS is over, and TCP is not: what the client sends now is what this is about.
      socket.resume();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    inspect(chunk);
    if (!carrier.destroyed && !carrier.push(chunk)) socket.pause();
  });
  socket.on('end', () => void (carrier.destroyed || carrier.push(null)));
  socket.on('error', (error) => void carrier.destroy(error));
  socket.on('close', () => void carrier.destroy());
  inspect(early);
  return Object.defineProperty(carrier, 'bytesWritten', { get: () => bytesWritten }) as Carrier;
}

/** Follows record headers over any segmentation; `stray` gets everything from the first octet on that is no record. */
export function afterRecords(stray: (octets: Buffer) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let body = 0;
  let lost = false;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length && !lost) {
      const skipped = Math.min(body, chunk.length - at);
      body -= skipped;
      at += skipped;
      if (at === chunk.length) return;
      const wanted = chunk.subarray(at, at + HEADER - header.length);
      header = Buffer.concat([header, wanted]);
      at += wanted.length;
      if (!couldBeRecord(header)) {
        lost = true;
        return stray(Buffer.concat([header, chunk.subarray(at)]));
      }
      if (header.length < HEADER) return;
      body = header.readUInt16BE(3);
      header = Buffer.alloc(0);
    }
    if (lost) stray(chunk);
  };
}

function couldBeRecord(header: Buffer): boolean {
  const [type = 0, major] = header;
  return type >= CONTENT_TYPES.first && type <= CONTENT_TYPES.last && (major === undefined || major === 3);
}
