/** From the first octet of a ClientHello to the stream inside TLS, or to whatever the script puts in its place. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Issued } from '../pki/credentials/row.ts';
import { channelPlanOf } from '../script/channel-plan.ts';
import type { HandshakePlan, Output } from '../script/moment.ts';
import { type ChannelFacts, type HandshakeFailure, STATUS_REQUEST, upgrade } from '../tls/channel.ts';
import { createHelloReader, type ReadHello } from '../tls/client-hello.ts';
import { earlyData } from '../tls/early-data.ts';
import { endedDuringHandshake } from '../tls/failure.ts';
import { fingerprintsOf } from '../tls/fingerprints.ts';
import type { Forgery } from '../tls/records/forgery.ts';
import { type Between, type Tap, tap } from '../tls/tap.ts';
import type { Session, Tickets } from '../tls/tickets.ts';
import type { ClientHello, Peer, Transcript } from '../transcript.ts';
import { between } from './below-tls.ts';
import { forgeHandshake } from './forging.ts';
import type { Wire } from './wire.ts';

export interface Secured {
  socket: TLSSocket;
  facts: ChannelFacts;
  peer: Peer;
  encrypted: boolean;
  /** Null where the script does nothing below TLS. */
  tap: Tap | null;
}

export interface HandshakeOptions {
  connection: number;
  tcp: Socket;
  /** What was read already. */
  first: Buffer;
  transcript: Transcript;
  /** The protocols that a correct peer knows on this transport. */
  alpn: string[];
  /** Whose certificates the client is asked for; default: it is asked for none. */
  clientCa: string | undefined;
  /** Counts what has come over TCP. @returns whether the client may send so much; if not, it is cut off. */
  affords(): boolean;
  wire: Wire;
  tickets: Tickets;
  /** Lets the script act, once the ClientHello was read. */
  plan(): { plan: HandshakePlan; outputs: Output[] };
  issue(credential: string): Promise<Issued>;
  peerOf(credential: string, asksForStaple: boolean): Peer;
  secured(channel: Secured): void;
  failed(by: 'client' | 'mallory', how: 'end' | 'reset'): void;
  /** The script goes on in clear; `waits`: only with a client that does so first. */
  inClear(how: { waits: boolean }): void;
  /** No TLS will come: what the client sends all the same is read, for evidence. */
  listen(): void;
  /** Whether the script has done anything here, or will inside TLS: then what the client sends is looked at below TLS. */
  tampered(): boolean;
  /** Is told the secrets of TLS, for a recording, which needs the octets below TLS, too. */
  keylog: ((line: Buffer) => void) | undefined;
  /** The client sent what is no TLS record while the handshake went on, or later. */
  stray(octets: Buffer): void;
}

export function startHandshake(options: HandshakeOptions): void {
  const { tcp, transcript, connection, wire } = options;
  const read = createHelloReader();
  const chunks: Buffer[] = [];
  let octets = options.first;
  const receive = (chunk: Buffer) => {
    if (options.affords()) look(chunk);
  };
  tcp.on('data', receive);
  look(options.first);

  function look(chunk: Buffer): void {
    chunks.push(chunk);
    const heard = read(chunk);
    if (heard.type === 'need-more') return;
    octets = Buffer.concat(chunks);
    tcp.off('data', receive);
    // Without a reader the socket would go on flowing, and the octets would be lost.
    tcp.pause();
    if (heard.type === 'hello') return hear(heard);
    const message =
      heard.type === 'too-large' ? 'the ClientHello is longer than 64 KiB' : `this is no ClientHello (${heard.why})`;
    options.listen();
    fail({ from: 'mallory', how: 'protocol', code: codeOf(heard), message });
  }

  function fail({ from, how, code, message }: HandshakeFailure): void {
    transcript.record({ layer: 'tls', type: 'failed', connection, from, how, code, message });
    options.failed(from, how === 'reset' ? 'reset' : 'end');
  }

  function hear({ hello, length, tickets }: ReadHello & { type: 'hello' }): void {
    const offered = options.tickets.offered(tickets);
    transcript.record({
      layer: 'tls',
      type: 'client-hello',
      connection,
      from: 'client',
      hello,
      ...fingerprintsOf(hello),
      ...(offered !== undefined && { offersSession: offered?.connection ?? 0 }),
    });
    if (!hello.earlyData) return answer(hello, offered ?? null);
    // What comes behind an answer cannot be told from the rest of the handshake.
    earlyData(tcp, octets.subarray(length), (data) => {
      octets = Buffer.concat([octets.subarray(0, length), data.octets]);
      if (data.length > 0)
        transcript.record({ layer: 'tls', type: 'early-data', connection, from: 'client', length: data.length });
      if (tcp.readableEnded || tcp.destroyed) return fail(endedDuringHandshake);
      answer(hello, offered ?? null);
    });
  }

  function answer(hello: ClientHello, offered: Session | null): void {
    const { plan, outputs } = options.plan();
    if (outputs.some(({ kind }) => kind === 'stall' || kind === 'end')) options.listen();
    wire.next(() => {
      if (plan.instead?.kind === 'clear') return goOnInClear(plan.instead.alert);
      if (plan.instead?.kind === 'alert') return sendAlert(plan.instead.description);
      if (plan.instead?.kind === 'forge') return forge(plan.instead.forgery, plan.credential);
      const below = plan.rewrite ? between(plan.rewrite, options) : null;
      Promise.all([options.issue(plan.credential), below]).then(([issued, rewriter]) =>
        secure(hello, plan, issued, rewriter, offered),
      );
    });
  }

  function forge(forgery: Forgery, credential: string): void {
    const { stray } = options;
    tcp.on('data', options.affords);
    options.issue(credential).then((issued) => {
      forgeHandshake({ connection, tcp, transcript, forgery, issued, first: octets, stray, fail, done });
    });
  }

  function done(): void {
    options.failed('mallory', 'end');
  }

  function goOnInClear(alert: number | null): void {
    if (alert !== null) tcp.write(fatal(alert));
    options.inClear({ waits: alert !== null });
  }

  function sendAlert(description: number): void {
    tcp.write(fatal(description));
    options.listen();
    done();
  }

  function secure(
    hello: ClientHello,
    plan: HandshakePlan,
    issued: Issued,
    rewriter: Between | null,
    offered: Session | null,
  ): void {
    const { credential } = plan;
    const peer = options.peerOf(credential, hello.extensions.includes(STATUS_REQUEST));
    const channel = { ...channelPlanOf(plan, options.alpn), ...(options.clientCa && { clientCa: options.clientCa }) };
    const settings = JSON.stringify([issued.sha256, channel]);
    const resumes = offered !== null && (plan.resume || offered.settings === settings);
    const ticketKeys = resumes ? offered.ticketKeys : options.tickets.keysFor(`${settings} ${hello.serverName}`);
    // Only here, because it costs: TLS then reads from a stream in JavaScript and not from the system.
    const below = options.tampered() || options.keylog ? tap(tcp, octets, options.stray, rewriter ?? undefined) : null;
    if (below) tcp.on('data', options.affords);
    const socket = upgrade(
      {
        socket: below ?? tcp,
        early: rewriter ? rewriter.toServer(octets) : octets,
        hello,
        credential: issued,
        plan: { ticketKeys, ...channel },
        keylog: options.keylog,
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
          const session =
            facts.resumed && offered
              ? offered
              : { connection, settings, credential, certificateSha256: issued.sha256, peer, ticketKeys };
          const real = peerBehind(session.peer, facts, plan);
          // Also where what was offered was not resumed after all: what comes under its keys from now on is this session.
          if (session !== offered) options.tickets.began(Object.assign(session, { peer: real }));
          const { certificateSha256 } = session;
          recordHandshake(transcript, connection, {
            facts,
            credential: session.credential,
            certificateSha256,
            peer: real,
          });
          options.secured({ socket, facts, peer: real, encrypted: facts.encrypted, tap: below });
        },
      },
    );
  }
}

/** The hello of SSL 2.0 is forbidden by itself (RFC 6176), so that it has a code of its own. */
const codeOf = (read: ReadHello) =>
  read.type === 'not-tls' && read.why === 'sslv2-hello' ? 'SSLV2_CLIENT_HELLO' : 'CLIENT_HELLO';

/** RFC 8446, section 5.1: content type alert, TLS 1.2, two octets: fatal, description. */
const fatal = (description: number) => Buffer.from([21, 3, 3, 0, 2, 2, description]);

export function recordHandshake(
  transcript: Transcript,
  connection: number,
  made: { facts: ChannelFacts; credential: string; certificateSha256: string; peer: Peer },
): void {
  const { facts, credential, certificateSha256, peer } = made;
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
    certificateSha256,
    peer,
    encrypted: facts.encrypted,
    extendedMasterSecret: facts.extendedMasterSecret,
    clientCertificate: facts.clientCertificate !== null,
  });
}

/** What was negotiated can only make the peer worse than its credential: RFC 9325, sections 3.1.1, 4.1 and 4.5. */
function peerBehind(peer: Peer, { version, cipher }: ChannelFacts, { dhBits = LEAST_DH_BITS }: HandshakePlan): Peer {
  if (/_anon_/i.test(cipher)) return 'untrusted';
  const weak = version === 'TLSv1' || version === 'TLSv1.1' || (/^TLS_DHE_/.test(cipher) && dhBits < LEAST_DH_BITS);
  return peer === 'honest' && weak ? 'weak' : peer;
}

const LEAST_DH_BITS = 2_048;
