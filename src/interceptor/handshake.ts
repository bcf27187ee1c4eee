/** From the first octet of a ClientHello to the stream inside TLS, or to whatever the script puts in its place. */
import type { Socket } from 'node:net';
import type { Issued } from '../pki/credentials/row.ts';
import type { HandshakePlan, Output } from '../script/moment.ts';
import { type ChannelFacts, type HandshakeFailure, upgrade } from '../tls/channel.ts';
import { type ReadHello, readClientHello } from '../tls/client-hello.ts';
import { helloKind } from '../tls/hello-kind.ts';
import { ja4 } from '../tls/ja4.ts';
import { tap } from '../tls/tap.ts';
import type { ClientHello, Peer, Transcript } from '../transcript.ts';
import type { Wire } from './wire.ts';

export interface HandshakeOptions {
  connection: number;
  tcp: Socket;
  /** What was read already. */
  first: Buffer;
  transcript: Transcript;
  /** The protocols that a correct peer knows on this transport. */
  alpn: string[];
  wire: Wire;
  /** Lets the script act, once the ClientHello was read. */
  plan(): { plan: HandshakePlan; outputs: Output[] };
  issue(credential: string): Promise<Issued>;
  peerOf(credential: string): Peer;
  secured(channel: { socket: Socket; facts: ChannelFacts; peer: Peer; encrypted: boolean }): void;
  failed(by: 'client' | 'mallory', how: 'end' | 'reset'): void;
  /** The script goes on in clear. */
  inClear(): void;
  /** No TLS will come: what the client sends all the same is read, for evidence. */
  listen(): void;
  /** Whether the script has done anything here: then what the client sends is looked at below TLS. */
  tampered(): boolean;
  /** The client sent what is no TLS record while the handshake went on, or later. */
  stray(octets: Buffer): void;
}

export function startHandshake(options: HandshakeOptions): void {
  const { tcp, transcript, connection, wire } = options;
  let octets = options.first;
  const receive = (chunk: Buffer) => {
    octets = Buffer.concat([octets, chunk]);
    look();
  };
  tcp.on('data', receive);
  look();

  function look(): void {
    const read = readClientHello(octets);
    if (read.type === 'need-more') return;
    tcp.off('data', receive);
    // Without a reader the socket would go on flowing, and the octets would be lost.
    tcp.pause();
    if (read.type === 'hello') return answer(read.hello);
    const message =
      read.type === 'too-large' ? 'the ClientHello is longer than 64 KiB' : `this is no ClientHello (${read.why})`;
    options.listen();
    fail({ from: 'mallory', how: 'protocol', code: codeOf(read), message });
  }

  function fail({ from, how, code, message }: HandshakeFailure): void {
    transcript.record({ layer: 'tls', type: 'failed', connection, from, how, code, message });
    options.failed(from, how === 'reset' ? 'reset' : 'end');
  }

  function answer(hello: ClientHello): void {
    transcript.record({
      layer: 'tls',
      type: 'client-hello',
      connection,
      from: 'client',
      hello,
      kind: helloKind(hello),
      ja4: ja4(hello),
    });
    const { plan, outputs } = options.plan();
    if (outputs.some(({ kind }) => kind === 'stall' || kind === 'end')) options.listen();
    wire.next(() => {
      if (plan.instead?.kind === 'clear') return options.inClear();
      if (plan.instead?.kind === 'alert') return sendAlert(plan.instead.description);
      options.issue(plan.credential).then((issued) => secure(hello, plan, issued));
    });
  }

  function sendAlert(description: number): void {
    // RFC 8446, section 5.1: content type alert, TLS 1.2, two octets: fatal, description.
    const record = Buffer.from([21, 3, 3, 0, 2, 2, description]);
    tcp.write(record);
    options.listen();
    options.failed('mallory', 'end');
  }

  function secure(hello: ClientHello, plan: HandshakePlan, issued: Issued): void {
    const { credential } = plan;
    const peer = options.peerOf(credential);
    const socket = upgrade(
      {
        // Only here, because it costs: TLS then reads from a stream in JavaScript and not from the system.
        socket: options.tampered() ? tap(tcp, octets, options.stray) : tcp,
        early: octets,
        hello,
        credential: issued,
        plan: {
          alpn: options.alpn,
          ...(plan.minVersion && { minVersion: plan.minVersion }),
          ...(plan.maxVersion && { maxVersion: plan.maxVersion }),
          ...(plan.ciphers && { ciphers: plan.ciphers }),
        },
      },
      {
        flight: (bytes) =>
          void transcript.record({
            layer: 'tls',
            type: 'flight',
            connection,
            from: 'mallory',
            credential,
            peer,
            bytes,
          }),
        failed: fail,
        secured(facts) {
          if (!socket) return;
          const real = peerBehind(peer, facts);
          transcript.record({
            layer: 'tls',
            type: 'handshake',
            connection,
            from: 'client',
            version: facts.version,
            cipher: facts.cipher,
            alpn: facts.alpn,
            serverName: facts.serverName,
            resumed: facts.resumed,
            credential,
            certificateSha256: issued.sha256,
            peer: real,
            encrypted: facts.encrypted,
            clientCertificate: facts.clientCertificate !== null,
          });
          options.secured({ socket, facts, peer: real, encrypted: facts.encrypted });
        },
      },
    );
  }
}

/** The hello of SSL 2.0 is forbidden by itself (RFC 6176), so that it has a code of its own. */
const codeOf = (read: ReadHello) =>
  read.type === 'not-tls' && read.why === 'sslv2-hello' ? 'SSLV2_CLIENT_HELLO' : 'CLIENT_HELLO';

/** What was negotiated can only make the peer worse than its credential: RFC 9325, sections 3.1.1 and 4.1. */
function peerBehind(peer: Peer, { version, cipher }: ChannelFacts): Peer {
  if (/_anon_/i.test(cipher)) return 'untrusted';
  return peer === 'honest' && (version === 'TLSv1' || version === 'TLSv1.1') ? 'weak' : peer;
}
