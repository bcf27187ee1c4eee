/** What a tunnel shows: the part in clear word by word, of TLS the ClientHello and how records went to and fro. */
import { createHelloReader, type ReadHello } from '../tls/client-hello.ts';
import { fingerprintsOf } from '../tls/fingerprints.ts';
import type { Happening, Transport } from '../transcript.ts';
import { classify, mechanismOf } from '../xmpp/credential-phase.ts';
import { is, localName, namespaceOf } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { createStreamReader } from '../xmpp/stream-reader.ts';
import { countExchanges } from './relayed-exchanges.ts';

export interface WatchOptions {
  connection: number;
  transport: Transport;
  record(happening: Happening): void;
}

export interface Watch {
  fromClient(chunk: Buffer): void;
  fromServer(chunk: Buffer): void;
  /** Records how much there was. */
  over(): void;
}

/** Characters of an element, and of what is no XML, that are kept. */
const KEPT = 8_192;
const KEPT_BYTES = 512;
/** RFC 8446, section 5.1: a handshake record, which no XML begins with. */
const HANDSHAKE = 22;

export function watchTunnel({ connection, transport, record }: WatchOptions): Watch {
  const exchanges = countExchanges();
  const reader = { client: clearReader('client'), mallory: clearReader('mallory') };
  const octets = { client: 0, server: 0 };
  let tls = false;
  /** Octets of a ClientHello that is not whole yet. */
  let hello: ((chunk: Buffer) => ReadHello) | null = null;

  function clearReader(from: 'client' | 'mallory') {
    const on = { layer: 'xmpp', connection, phase: 'clear', from } as const;
    return createStreamReader({
      open: (attributes, xml) => record({ ...on, type: 'stream-open', attributes, xml: xml.slice(0, KEPT) }),
      element(received, xml) {
        const credential = from === 'client' ? classify(received) : undefined;
        const mechanism = from === 'client' ? mechanismOf(received) : undefined;
        record({
          ...on,
          type: 'element',
          name: localName(received),
          ns: namespaceOf(received) ?? '',
          xml: xml.slice(0, KEPT),
          ...(credential && { credential }),
          ...(mechanism && { mechanism }),
        });
        if (is(received, 'success', NS.sasl)) for (const one of Object.values(reader)) one.reset();
      },
      close: () => record({ ...on, type: 'stream-close' }),
      malformed(reason, text) {
        if (from === 'client') record({ ...on, from, type: 'malformed', reason, text: text.slice(0, KEPT_BYTES) });
      },
    });
  }

  function readHello(chunk: Buffer, add: (chunk: Buffer) => ReadHello): void {
    const read = add(chunk);
    if (read.type !== 'need-more') hello = null;
    if (read.type !== 'hello') return;
    const how = { hello: read.hello, ...fingerprintsOf(read.hello) };
    record({ layer: 'tls', type: 'client-hello', connection, from: 'client', ...how });
  }

  function notTls(chunk: Buffer): void {
    const text = chunk.toString('latin1', 0, KEPT_BYTES);
    const what = { from: 'client', phase: 'clear', why: 'xml-on-direct-tls' } as const;
    record({ layer: 'tcp', type: 'bytes', connection, ...what, length: chunk.length, text });
  }

  return {
    fromClient(chunk) {
      if (!tls && chunk[0] === HANDSHAKE) {
        tls = true;
        hello = createHelloReader();
      } else if (transport === 'direct' && octets.client === 0) {
        notTls(chunk);
      }
      octets.client += chunk.length;
      if (!tls) return void reader.client.write(chunk);
      if (hello) readHello(chunk, hello);
      exchanges.fromClient(chunk);
    },
    fromServer(chunk) {
      octets.server += chunk.length;
      if (tls) exchanges.fromServer(chunk);
      else reader.mallory.write(chunk);
    },
    over() {
      record({
        layer: 'tcp',
        type: 'tunnelled',
        connection,
        clientBytes: octets.client,
        serverBytes: octets.server,
        tls,
        exchanges: exchanges.count(),
      });
    },
  };
}
