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

/** What may be changed on the way. */
export interface Between {
  toServer(octets: Buffer): Buffer;
  toClient(octets: Buffer): Buffer;
  /** Milliseconds between one octet and the next on the way to the client; default 0: no delay. */
  paceMs?: number | undefined;
}

/** What can be done below TLS while it lasts. */
export interface Tap extends Duplex {
  readonly bytesWritten: number;
  /** Octets between the records of TLS, or behind them. */
  writeBelow(octets: Buffer): void;
  /** The end of TLS will not be the end of TCP. */
  outlive(): void;
  /** From now on nothing that TLS writes gets to the client, and TLS does not end TCP. */
  mute(): void;
  /** TLS gets a record that is none, and says so in a fatal alert under its own keys. */
  spoil(): void;
}

/**
 * Passes octets through in both directions. From the first of them that cannot be a TLS record on, `stray` gets what the
 * client sends, too. It ends with TLS; the socket below goes on being read, and is the caller's to close.
 *
 * @param early what was read already: looked at, and not passed on
 */
export function tap(socket: Socket, early: Buffer, stray: (octets: Buffer) => void, between?: Between): Tap {
  let bytesWritten = 0;
  let muted = false;
  let outlived = false;
  const slowly = between?.paceMs ? paced(socket, between.paceMs) : null;
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
      const octets = between ? between.toClient(chunk) : chunk;
      if (muted || octets.length === 0 || socket.writableEnded) return done();
      if (!slowly) return void socket.write(octets, done);
      slowly(octets);
      done();
    },
    final(done) {
      if (muted || outlived || socket.writableEnded) done();
      else socket.end(done);
    },
    destroy(error, done) {
      // TLS is over, and TCP is not: what the client sends now is what this is about.
      socket.resume();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    inspect(chunk);
    const octets = between ? between.toServer(chunk) : chunk;
    if (octets.length > 0 && !carrier.destroyed && !carrier.push(octets)) socket.pause();
  });
  socket.on('end', () => void (carrier.destroyed || carrier.push(null)));
  socket.on('error', (error) => void carrier.destroy(error));
  socket.on('close', () => void carrier.destroy());
  inspect(early);
  Object.defineProperty(carrier, 'bytesWritten', { get: () => bytesWritten });
  return Object.assign(carrier, {
    writeBelow(octets: Buffer) {
      if (!socket.writableEnded) socket.write(octets);
    },
    outlive() {
      outlived = true;
    },
    mute() {
      muted = true;
    },
    spoil() {
      if (!carrier.destroyed) carrier.push(NO_RECORD);
    },
  }) as unknown as Tap;
}

/** Application data that no key has ever protected. */
const NO_RECORD = Buffer.concat([Buffer.from([23, 3, 3, 0, 32]), Buffer.alloc(32, 0x5a)]);

/** Writes octets one by one. */
function paced(socket: Socket, ms: number): (octets: Buffer) => void {
  let waiting = Buffer.alloc(0);
  let timer: NodeJS.Timeout | null = null;
  const next = () => {
    if (waiting.length === 0 || socket.destroyed || socket.writableEnded) {
      if (timer) clearInterval(timer);
      timer = null;
      return;
    }
    socket.write(waiting.subarray(0, 1));
    waiting = waiting.subarray(1);
  };
  return (octets) => {
    waiting = Buffer.concat([waiting, octets]);
    timer ??= setInterval(next, ms);
  };
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
