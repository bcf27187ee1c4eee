/** How a connection ends, from either side, and when it has been read to its end. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Transcript } from '../transcript.ts';

export interface LifetimeOptions {
  tcp: Socket;
  connection: number;
  transcript: Transcript;
  receive(chunk: Buffer): void;
  /** Called before the client's end is recorded. */
  lastWords(): void;
  /** Called once, by whichever side it ended first. */
  ended(): void;
}

export interface Lifetime {
  /** Reads from this socket: TCP, and later TLS on top of it, through which the connection is ended then. */
  attach(socket: Duplex): void;
  /** Mallory ends or resets it; `below-tls`: TCP only, of which TLS learns nothing. What the client still sends goes on being read. */
  finish(how: 'end' | 'reset' | 'below-tls'): void;
  /** From now on an end of TLS is Mallory's doing; `finish` follows. */
  ending(): void;
  /** The client has ended it. */
  clientEnded(how: 'end' | 'reset'): void;
  destroy(): void;
  /** Settles once TCP is closed. Never rejects. */
  done: Promise<void>;
}

const GONE = ['ECONNRESET', 'EPIPE'];

export function createLifetime({ tcp, connection, transcript, ...options }: LifetimeOptions): Lifetime {
  let socket: Duplex = tcp;
  let byMallory = false;
  let byClient = false;

  function record(from: 'client' | 'mallory', how: 'end' | 'reset'): void {
    const first = !byMallory && !byClient;
    if (from === 'client') byClient = true;
    else byMallory = true;
    transcript.record({ layer: 'tcp', type: 'closed', connection, from, how });
    if (first) options.ended();
  }

  function clientEnded(how: 'end' | 'reset'): void {
    if (byClient) return;
    options.lastWords();
    record('client', how);
  }

  const done = new Promise<void>((resolve) => {
    tcp.once('close', () => {
      clientEnded('end');
      resolve();
    });
  });

  return {
    done,
    clientEnded,
    attach(to) {
      socket = to;
      to.on('data', options.receive);
      to.on('end', () => clientEnded('end'));
      to.on('error', ({ code }: NodeJS.ErrnoException) => clientEnded(GONE.includes(code ?? '') ? 'reset' : 'end'));
      to.on('close', () => {
        if (to !== tcp) tcp.destroy();
        // V8 keeps what OpenSSL's side hangs on until its next full collection; let that not be the whole connection.
        to.removeAllListeners().on('error', ignore);
      });
    },
    ending() {
      if (!byMallory) record('mallory', 'end');
    },
    finish(how) {
      if (byMallory && how !== 'below-tls') return;
      if (!byMallory) record('mallory', how === 'reset' ? 'reset' : 'end');
      if (how === 'below-tls') tcp.end();
      else if (how === 'reset') tcp.resetAndDestroy();
      else socket.end();
      // What still comes is read to its end: it may be evidence, and unread it would be answered with a reset, which
      // can overtake what was written.
      socket.resume();
    },
    destroy() {
      socket.destroy();
      tcp.destroy();
    },
  };
}

/** Holds on to nothing, which a function within would. */
const ignore = () => undefined;
