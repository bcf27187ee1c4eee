/** One TCP connection and what is read from it, a construct at a time: nothing is parsed before somebody asks for it. */
import { connect, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Element } from 'ltx';
import { createStreamReader } from '../../src/xmpp/stream-reader.ts';
import type { Has } from './faults.ts';
import { type Early, fork, handshake } from './handshake.ts';
import { hasOwnTls, ownHandshake } from './own-tls/stream.ts';
import { after } from './patience.ts';
import type { Reading } from './reading.ts';
import { faultyRecords } from './records.ts';
import { type Reason, Refusal } from './refusal.ts';

export type Event =
  | { type: 'header'; attributes: Record<string, string>; raw: string }
  | { type: 'element'; element: Element; raw: string }
  | { type: 'footer' };

export interface ConnectionSettings {
  host: string;
  port: number;
  address?: string;
  signal: AbortSignal;
  /** Milliseconds without a byte after which the other side counts as silent. */
  patience: number;
  reading: Reading;
}

export interface Connection {
  /** Null in clear. */
  readonly tls: TLSSocket | null;
  send(octets: string | Buffer): void;
  /** The next construct. @param silence what it means if nothing comes; null: wait for ever. */
  next(silence: Reason | null): Promise<Event>;
  /** Whether the next construct has arrived already. */
  pending(): boolean;
  /** What has arrived and was not parsed yet. */
  unread(): Buffer;
  /** What was parsed of a construct that is not whole yet. */
  unfinished(): string;
  /** A stream header comes next. */
  restart(): void;
  /** Puts TLS on top, and forgets what was not read. @param early see `handshake`. */
  upgrade(options: ConnectionOptions, has: Has, early?: Early): Promise<TLSSocket>;
  /** Sends these octets and waits for an answer, whatever it is. The connection is of no more use. */
  probe(octets: Buffer): Promise<void>;
  /** Ends the connection and waits, not for long, for the other side's end. */
  end(): Promise<void>;
  destroy(): void;
}

/** More than for anything else: the other side may have to make a key. */
const HANDSHAKE_PATIENCE = 5;

const NOTHING = Buffer.alloc(0);

/** @throws Refusal if there is no connection, as every function of it does. */
export async function openConnection(settings: ConnectionSettings): Promise<Connection> {
  const { host, port, address = host, signal, patience, reading } = settings;
  const tcp = connect({ host: address, port, noDelay: true });
  let socket: Socket = tcp;
  let tls: TLSSocket | null = null;
  let buffer: Buffer = NOTHING;
  let parsed: Event | undefined;
  let failure: Refusal | undefined;
  let wake = (): void => undefined;

  const reader = createStreamReader({
    open: (attributes, raw) => stopAt({ type: 'header', attributes, raw }),
    element: (element, raw) => stopAt({ type: 'element', element, raw }),
    close: () => stopAt({ type: 'footer' }),
    malformed: (why) => {
      failure = new Refusal('bad-xml', why);
    },
  });

  function stopAt(event: Event): void {
    parsed = event;
    reader.stop();
  }

  function fail(refusal: Refusal): void {
    failure ??= refusal;
    wake();
  }

  const onData = (chunk: Buffer) => {
    try {
      buffer = Buffer.concat([buffer, reading.filter(chunk, tls !== null)]);
      wake();
    } catch (error) {
      fail(error instanceof Refusal ? error : new Refusal('interop', String(error)));
    }
  };
  const onEnd = () => fail(new Refusal('lost', 'the connection was closed'));
  const onError = ({ message, code }: NodeJS.ErrnoException) =>
    fail(new Refusal(code === 'ECONNREFUSED' ? 'unreachable' : 'lost', message));
  const onAbort = () => {
    fail(new Refusal('aborted'));
    destroy();
  };

  function attach(to: Socket): void {
    socket = to;
    to.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);
  }

  function detach(from: Socket): void {
    from.off('data', onData).off('end', onEnd).off('close', onEnd);
  }

  function destroy(): void {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    tcp.destroy();
  }

  function more(silence: Reason | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (refusal?: Refusal) => {
        wake = () => undefined;
        cancel();
        if (refusal) reject(refusal);
        else resolve();
      };
      wake = settle;
      const cancel =
        silence === null
          ? () => undefined
          : after(patience, () => settle(new Refusal(silence, `${silence}: nothing came in time`)));
    });
  }

  function pending(): boolean {
    if (!parsed && buffer.length > 0 && failure?.reason !== 'bad-xml') {
      reader.resume();
      buffer = reader.write(buffer);
    }
    return parsed !== undefined;
  }

  function take(): Event | undefined {
    pending();
    const event = parsed;
    parsed = undefined;
    return event;
  }

  attach(tcp);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  tcp.once('connect', () => wake());
  if (!failure) await more('silent').catch(fail);
  if (failure) {
    destroy();
    throw failure;
  }

  return {
    get tls() {
      return tls;
    },
    send(octets) {
      if (!socket.destroyed && !socket.writableEnded) socket.write(octets);
    },
    async next(silence) {
      for (;;) {
        const event = take();
        if (event && !reading.understands(event)) throw new Refusal('interop', 'more XML than it understands');
        if (event) return event;
        if (failure) throw failure;
        await more(silence);
      }
    },
    pending,
    unread: () => buffer,
    unfinished: () => reader.unfinished(),
    restart() {
      reader.reset();
    },
    async upgrade(options, has, early) {
      if (failure) throw failure;
      detach(tcp);
      buffer = NOTHING;
      const survives = has('failed-tls-in-clear');
      const below = has('no-tls-in-clear') || survives ? fork(tcp) : null;
      const limit = patience * HANDSHAKE_PATIENCE;
      const secured = hasOwnTls(has)
        ? ownHandshake(tcp, options, has, limit)
        : handshake(below?.stream ?? faultyRecords(tcp, has) ?? tcp, options, limit, early);
      const first = [secured, ...(below ? [below.xml] : [])];
      const got = await Promise.race(first).catch((error: unknown) => {
        if (survives && error instanceof Refusal && error.reason === 'tls-failed') attach(tcp);
        else destroy();
        throw error;
      });
      if (Buffer.isBuffer(got)) {
        secured.catch(() => undefined);
        below?.stream.destroy();
        buffer = got;
        attach(tcp);
        throw new Refusal('xml-instead-of-tls');
      }
      tls = got;
      attach(tls);
      reader.reset();
      return tls;
    },
    async probe(octets) {
      if (failure) throw failure;
      socket.write(octets);
      await more('silent').catch(() => undefined);
    },
    async end() {
      const over = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      const cancel = after(patience, destroy);
      socket.end();
      if (!socket.destroyed) await over;
      cancel();
      destroy();
    },
    destroy,
  };
}
