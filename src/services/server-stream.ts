/** A stream that Mallory opens to a server, as another server (RFC 6120, `jabber:server`); what passes is on record. */
import { connect, type Socket } from 'node:net';
import { connect as secure, type TLSSocket } from 'node:tls';
import type { Element } from 'ltx';
import type { Issued } from '../pki/credentials/row.ts';
import type { Phase, Transcript } from '../transcript.ts';
import { childOf, element, is, localName, namespaceOf, STREAM_END, serialise, streamHeader } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { createStreamReader } from '../xmpp/stream-reader.ts';

export interface ServerStreamOptions {
  host: string;
  port: number;
  /** Its number in the transcript. */
  connection: number;
  transcript: Transcript;
  /** Who Mallory says it is, and whom it wants. */
  from: string;
  to: string;
  /** Presented inside TLS; default: no certificate. */
  identity?: Pick<Issued, 'key' | 'chain'> | undefined;
  /** For the stream to be there, and for each answer. Milliseconds. */
  patienceMs: number;
}

export interface ServerStream {
  /** Of the stream as it is now. */
  id: string;
  readonly features: Element;
  readonly phase: Phase;
  send(element: Element): void;
  /** Opens it anew, as after SASL (RFC 6120, section 6.3.2). @throws Error with a sentence. */
  restart(): Promise<void>;
  /** The next element. @throws Error with a sentence: the stream is over, or nothing came in time. */
  next(): Promise<Element>;
  close(): void;
}

/** What the endpoint is called in the transcript. */
export const S2S_LISTENER = 's2s-listener';
const SCOPE = { xmlns: NS.server, 'xmlns:stream': NS.streams, 'xmlns:db': NS.dialback };
/** Characters of an element that are kept; octets that are read in all. */
const KEPT = 8_192;
const MOST_READ = 1_048_576;
/** For the server's end, after ours. Milliseconds. */
const LINGER = 500;

/**
 * Opens the stream, inside TLS where the server offers STARTTLS; its certificate is not verified, for what is judged is
 * the server that came to us, not the one that is asked here.
 *
 * @throws Error with a sentence, if there is no stream.
 */
export async function openServerStream(options: ServerStreamOptions): Promise<ServerStream> {
  const { host, port, connection, transcript, from, to, patienceMs } = options;
  const place = `${host}:${port}`;
  let phase: Phase = 'clear';
  let socket: Socket = connect({ host, port, noDelay: true });
  let octets = 0;
  let over: Error | null = null;
  let stopped = false;
  let id = '';
  const queue: Element[] = [];
  let wake = (): void => undefined;

  const reader = createStreamReader({
    open(attributes, xml) {
      id = attributes.id ?? '';
      transcript.record({ ...on(), type: 'stream-open', from: 'client', attributes, xml: xml.slice(0, KEPT) });
    },
    element(received, xml) {
      recorded(received, xml, 'client');
      if (is(received, 'proceed', NS.tls)) {
        stopped = true;
        reader.stop();
      }
      queue.push(received);
      wake();
    },
    close: () => end(`${place} has closed the stream.`),
    malformed: (reason) => end(`${place} sends what is no XML of a stream: ${reason}.`),
  });

  const on = () => ({ layer: 'xmpp', connection, phase }) as const;

  function recorded(what: Element, xml: string, side: 'client' | 'mallory'): void {
    const about = { name: localName(what), ns: namespaceOf(what) ?? '', xml: xml.slice(0, KEPT) };
    const iq = about.name === 'iq' && { iq: { type: String(what.attrs.type), id: String(what.attrs.id) } };
    transcript.record({ ...on(), type: 'element', from: side, ...about, ...(iq && iq) });
  }

  function end(why: string): void {
    if (over) return;
    over = new Error(why);
    wake();
  }

  function attach(to: Socket): void {
    to.on('data', (chunk: Buffer) => {
      octets += chunk.length;
      if (octets > MOST_READ) {
        to.destroy();
        return end(`${place} sends more than ${MOST_READ} octets.`);
      }
      if (!stopped && !over) reader.write(chunk);
    });
    to.on('error', ({ message, code }: NodeJS.ErrnoException) => end(`${place} is of no use: ${message || code}.`));
    to.on('close', () => end(`${place} has closed the connection.`));
  }

  function send(what: Element): void {
    const xml = serialise(what, SCOPE);
    if (over || socket.destroyed) return;
    socket.write(xml);
    recorded(what, xml, 'mallory');
  }

  async function next(): Promise<Element> {
    const limit = setTimeout(() => end(`${place} does not answer within ${patienceMs / 1_000} s.`), patienceMs);
    try {
      for (;;) {
        const [first] = queue.splice(0, 1);
        if (first) return first;
        if (over) throw over;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      clearTimeout(limit);
    }
  }

  async function openStream(): Promise<Element> {
    const attributes = { from, to };
    const xml = streamHeader(attributes, SCOPE);
    socket.write(xml);
    transcript.record({ ...on(), type: 'stream-open', from: 'mallory', attributes: { ...SCOPE, ...attributes }, xml });
    const first = await next();
    if (is(first, 'features', NS.streams)) return first;
    throw new Error(
      `${place} refuses a stream from ${from} to ${to} (${first.getChildElements()[0]?.name ?? first.name}).`,
    );
  }

  async function goInside(): Promise<void> {
    send(element('starttls', NS.tls));
    const answer = await next();
    if (!is(answer, 'proceed', NS.tls)) throw new Error(`${place} offers STARTTLS and refuses it.`);
    const tcp = socket;
    tcp.removeAllListeners('data').removeAllListeners('close');
    const { key, chain } = options.identity ?? {};
    const tls: TLSSocket = secure({
      socket: tcp,
      servername: to,
      rejectUnauthorized: false,
      ...(key !== undefined && { key, cert: chain }),
    });
    socket = tls;
    attach(tls);
    await new Promise<void>((resolve) => {
      wake = resolve;
      tls.once('secureConnect', resolve);
    });
    if (over) throw over;
    stopped = false;
    reader.resume();
    reader.reset();
    phase = 'tls';
    transcript.record({
      layer: 'tls',
      type: 'handshake',
      connection,
      from: 'client',
      version: tls.getProtocol() ?? 'unknown',
      cipher: tls.getCipher().standardName,
      alpn: null,
      serverName: to,
      resumed: false,
      credential: options.identity ? 'valid' : 'none',
      certificateSha256: null,
      peer: 'honest',
      encrypted: true,
      extendedMasterSecret: true,
      clientCertificate: false,
    });
  }

  let closed = false;
  function close(): void {
    if (closed) return;
    closed = true;
    stopped = true;
    reader.stop();
    transcript.record({ layer: 'tcp', type: 'closed', connection, from: over ? 'client' : 'mallory', how: 'end' });
    end('Mallory has closed the stream.');
    if (socket.connecting) return void socket.destroy();
    socket.end(STREAM_END);
    setTimeout(() => socket.destroy(), LINGER).unref();
  }

  transcript.record({
    layer: 'tcp',
    type: 'connected',
    connection,
    endpoint: S2S_LISTENER,
    transport: 'starttls',
    direction: 'out',
    remote: place,
  });
  attach(socket);
  // Nothing may wait for ever, a handshake least of all.
  const limit = setTimeout(() => end(`${place} does not answer within ${patienceMs / 1_000} s.`), patienceMs);
  try {
    let features = await openStream();
    if (childOf(features, 'starttls', NS.tls)) {
      await goInside();
      features = await openStream();
    }
    return {
      get id() {
        return id;
      },
      get features() {
        return features;
      },
      get phase() {
        return phase;
      },
      send,
      async restart() {
        reader.reset();
        features = await openStream();
      },
      next,
      close,
    };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}
