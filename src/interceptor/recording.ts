/** What goes over the wire, octet by octet, with the secrets of TLS: for captures. Costs nothing where it is not asked for. */
import type { Socket } from 'node:net';

/** Octets of one connection, in both directions, and of all connections; what is beyond is counted. */
const MOST_OF_ONE = 4_194_304;
const MOST_OF_ALL = 16_777_216;
/** What an event takes besides its octets, so that a flood of single octets is bounded, too. */
const EVENT = 64;
const MOST_KEYS = 8_192;

export interface WireEvent {
  /** Milliseconds since 1970, with fractions. */
  atMs: number;
  from: 'client' | 'mallory';
  /** Octets as they were read or written, in pieces as TCP took them; or how many were left out. */
  what: Buffer | { leftOut: number } | 'end' | 'reset';
}

export interface RecordedConnection {
  /** Counted over all endpoints, from 1. */
  n: number;
  endpoint: string;
  /** TCP ports. */
  client: number;
  mallory: number;
  openedAtMs: number;
  events: readonly WireEvent[];
}

export interface Recording {
  /**
   * Follows a socket from now on; nothing may have been read of it. A connection that is never `named` is none of a
   * client. What TLS takes over must go through a stream in JavaScript, or it is not seen (see `tap`).
   */
  follow(socket: Socket): { named(n: number, endpoint: string): void };
  /** A line of the NSS key log format. */
  keylog(line: Buffer): void;
  connections(): RecordedConnection[];
  keys(): string;
}

export function createRecording(): Recording {
  const connections: RecordedConnection[] = [];
  const keys: string[] = [];
  let kept = 0;

  return {
    follow(socket) {
      const events: WireEvent[] = [];
      const openedAtMs = now();
      const { remotePort = 0, localPort = 0 } = socket;
      let size = 0;
      let full = false;

      function add(from: WireEvent['from'], what: WireEvent['what']): void {
        if (!Buffer.isBuffer(what)) return void events.push({ atMs: now(), from, what });
        const cost = what.length + EVENT;
        full ||= size + cost > MOST_OF_ONE || kept + cost > MOST_OF_ALL;
        if (!full) {
          size += cost;
          kept += cost;
          events.push({ atMs: now(), from, what: Buffer.from(what) });
          return;
        }
        const last = events.findLast((event) => event.from === from);
        if (last && typeof last.what === 'object' && 'leftOut' in last.what) last.what.leftOut += what.length;
        else events.push({ atMs: now(), from, what: { leftOut: what.length } });
      }
      listenIn(socket, add);
      return {
        named: (n, endpoint) =>
          void connections.push({ n, endpoint, client: remotePort, mallory: localPort, openedAtMs, events }),
      };
    },
    keylog(line) {
      if (keys.length < MOST_KEYS) keys.push(line.toString('latin1'));
    },
    connections: () => connections,
    keys: () => keys.join(''),
  };
}

/**
 * Below every reader, so that no octet is seen twice (`unshift`) and none late (`pause`): what the system hands over goes
 * through `push`, and what it is handed through `_write` and `_writev`.
 */
function listenIn(socket: Socket, add: (from: WireEvent['from'], what: Buffer | 'end' | 'reset') => void): void {
  const ended = { client: false, mallory: false };
  const end = (from: WireEvent['from'], how: 'end' | 'reset') => {
    if (!ended[from]) add(from, how);
    ended[from] = true;
    if (how === 'reset') ended.client = ended.mallory = true;
  };
  const { push, _write, _writev, resetAndDestroy } = socket;
  socket.push = (chunk, encoding) => {
    if (chunk === null) end('client', 'end');
    else add('client', octetsOf(chunk, encoding));
    return push.call(socket, chunk, encoding);
  };
  socket._write = (chunk, encoding, done) => {
    add('mallory', octetsOf(chunk, encoding));
    _write.call(socket, chunk, encoding, done);
  };
  if (_writev) {
    socket._writev = (chunks, done) => {
      add('mallory', Buffer.concat(chunks.map(({ chunk, encoding }) => octetsOf(chunk, encoding))));
      _writev.call(socket, chunks, done);
    };
  }
  socket.resetAndDestroy = () => {
    end('mallory', 'reset');
    return resetAndDestroy.call(socket);
  };
  socket.on('finish', () => end('mallory', 'end'));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'ECONNRESET') end('client', 'reset');
  });
  socket.on('close', () => end('mallory', 'end'));
}

const now = () => performance.timeOrigin + performance.now();

/** A socket is handed strings as they are. */
function octetsOf(chunk: Buffer | string, encoding?: BufferEncoding): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}
