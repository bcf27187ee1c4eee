/** One connection of the initiating entity: reads XML and TLS, hands elements to the entity, and TLS its turn. */
import type { EntitySink } from '../entity/receiving-entity.ts';
import type { Output } from '../script/moment.ts';
import { pointOf } from '../script/points.ts';
import { performStep, type TlsStep } from '../tls/step.ts';
import { afterRecords } from '../tls/tap.ts';
import type { Peer, Phase } from '../transcript.ts';
import { element, is, localName } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { createStreamReader, type StreamHandlers, type StreamReader } from '../xmpp/stream-reader.ts';
import { behind } from './behind.ts';
import type { Connection, ConnectionOptions } from './connection-options.ts';
import { headerOf, offerStarttls } from './correct-stream.ts';
import { createEvidence } from './evidence.ts';
import { recordHandshake, type Secured, startHandshake } from './handshake.ts';
import { createLifetime } from './lifetime.ts';
import { createOutgoing } from './outgoing.ts';
import { actsBelowTls, beginsStream, beginsTls, correctHandshake, startOf } from './where-tls-begins.ts';
import { createWire } from './wire.ts';

export function serveConnection(options: ConnectionOptions): Connection {
  const { socket: tcp, n: connection, transcript, script, transport, keep } = options;
  let phase: Phase = 'clear';
  let secured = false;
  let askedForTls = false;
  /** `proceed` went out: the next octets have to be a ClientHello. */
  let awaitingTls = transport === 'direct';
  let handshaking = false;
  /** What comes is still read and recorded, but not answered any more. */
  let deaf = false;
  /** What comes is no XML any more. */
  let garbled = false;
  let peer: Peer | null = null;
  let channel: Secured | null = null;
  const stream = { id: '', resource: '' };

  let counted = 0;
  /** Of all that has come over TCP since the last time: below TLS, too, and what TLS makes nothing of. */
  const affords = () => {
    const more = tcp.bytesRead - counted;
    counted = tcp.bytesRead;
    return options.affords(more);
  };

  const evidence = createEvidence({ connection, transcript, keep, canaries: options.canaries, peer: () => peer });
  const life = createLifetime({
    tcp,
    connection,
    transcript,
    receive,
    lastWords: recordUnread,
    ended: () => entity.close(),
  });
  const wire = createWire(tcp, options.random, options.shake);
  const outgoing = createOutgoing({
    connection,
    endpoint: options.endpoint,
    nth: options.nth,
    acted: options.count,
    script,
    wire,
    transcript,
    keep,
    phase: () => phase,
    fill: (text) => options.fill(text, stream),
    finish,
    step,
  });
  const perform = outgoing.perform;

  const sink: EntitySink = {
    header(named) {
      stream.id = named.id;
      perform('header', [headerOf(options.namespace, named)]);
    },
    send(sent) {
      const isOffer = is(sent, 'features', NS.streams) || sent.name === 'stream:features';
      if (isOffer && transport === 'starttls' && !secured) offerStarttls(sent);
      perform(pointOf(sent), [{ kind: 'element', element: sent }]);
    },
    restart() {
      reader.reset();
    },
    authenticated({ mechanism, user }) {
      transcript.record({ layer: 'xmpp', type: 'authenticated', connection, phase, from: 'mallory', mechanism, user });
      if (phase === 'tls') phase = 'authenticated';
    },
    bound(jid) {
      stream.resource = jid.slice(jid.indexOf('/') + 1);
      transcript.record({ layer: 'xmpp', type: 'bound', connection, phase, from: 'mallory', jid });
      perform('online', []);
    },
    accepted(jid, domain) {
      transcript.record({ layer: 'xmpp', type: 'accepted', connection, phase, from: 'mallory', jid, domain });
      perform('online', []);
    },
    certificate(judged) {
      transcript.record({ layer: 'tls', type: 'client-certificate', connection, from: 'client', ...judged });
    },
    close: closeStream,
  };
  const entity = options.entity(sink);

  let reader = readStream();
  /** The stream before TLS: what is still sent in clear belongs to it. */
  let before: StreamReader | null = null;

  function readStream(): StreamReader {
    /** Answered, and in the phase that the connection is in; the stream before TLS is only read. */
    const current = () => !deaf && before !== own;
    const at = () => (before === own ? 'clear' : phase);
    const handlers: StreamHandlers = {
      open(attributes, xml) {
        evidence.header(attributes, xml, at());
        if (!current()) return;
        entity.open({ to: attributes.to, from: attributes.from, secured });
      },
      element(received, xml) {
        evidence.element(received, xml, at());
        options.count();
        if (!current()) return;
        if (is(received, 'starttls', NS.tls)) return answerStarttls();
        entity.receive(received);
      },
      close() {
        evidence.streamEnd(at());
        if (current()) closeStream();
      },
      malformed(reason, text) {
        evidence.malformed(reason, text, at());
        options.count();
        garbled = true;
        if (!current()) return;
        // An attacker would listen on, and so does Mallory; to a good client a good server says what is wrong.
        if (outgoing.tampered()) {
          deaf = true;
          return;
        }
        const cause = element('not-well-formed', NS.streamErrors);
        perform('stanza', [{ kind: 'element', element: element('stream:error', undefined, {}, cause) }]);
        closeStream();
      },
    };
    const own: StreamReader = createStreamReader(handlers, { unaskedRestarts: true });
    return own;
  }

  function answerStarttls(): void {
    if (secured || transport === 'direct') {
      perform('failure', [{ kind: 'element', element: element('failure', NS.tls) }]);
      return closeStream();
    }
    if (askedForTls) return;
    askedForTls = true;
    const { outputs } = perform('proceed', [{ kind: 'element', element: element('proceed', NS.tls) }]);
    if (!outputs.some((output) => output.kind === 'element' && localName(output.element) === 'proceed')) return;
    awaitingTls = true;
    reader.stop();
  }

  function receive(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (!affords()) return;
    if (!secured && beginsTls(chunk, awaitingTls)) return deaf ? undefined : secure(chunk);
    if (!awaitingTls) {
      const rest = reader.write(chunk);
      if (garbled) evidence.behind(chunk, phase);
      if (rest.length > 0) receive(rest);
      return;
    }
    options.count();
    if (transport === 'direct') return receiveInsteadOfTls(chunk, 'xml-on-direct-tls', options.nth() > 1);
    const start = startOf(chunk);
    if (start !== 0) {
      evidence.bytes('after-starttls', start === -1 ? chunk : chunk.subarray(0, start), phase);
      return start === -1 ? undefined : receive(chunk.subarray(start));
    }
    receiveInsteadOfTls(chunk, 'instead-of-tls', plannedHandshake().plan.instead?.kind === 'clear');
  }

  /** XML where TLS has to begin. It is read all the same: what a client gives away there is a finding. */
  function receiveInsteadOfTls(chunk: Buffer, why: 'xml-on-direct-tls' | 'instead-of-tls', goOn: boolean): void {
    evidence.bytes(why, chunk, phase);
    awaitingTls = false;
    if (beginsStream(chunk)) resetReader();
    else reader.resume();
    deaf = !goOn;
    receive(chunk);
    if (!goOn) finish('end');
  }

  function plannedHandshake() {
    const plan = correctHandshake(options);
    const { outputs } = perform('tls-handshake', [], plan);
    return { plan, outputs };
  }

  function secure(chunk: Buffer): void {
    handshaking = true;
    awaitingTls = false;
    options.count();
    tcp.off('data', receive);
    startHandshake({
      connection,
      tcp,
      first: chunk,
      transcript,
      alpn: transport === 'direct' ? [options.namespace === NS.server ? 'xmpp-server' : 'xmpp-client'] : [],
      clientCa: options.clientCa,
      affords,
      plan: plannedHandshake,
      wire,
      tickets: options.tickets,
      issue: options.issue,
      peerOf: options.peerOf,
      tampered: () => outgoing.tampered() || script.some(({ do: what }) => actsBelowTls(what)),
      keylog: options.keylog,
      stray,
      listen() {
        tcp.on('data', affords).on('data', afterRecords(stray));
        tcp.resume();
      },
      failed(by, how) {
        handshaking = false;
        if (by === 'client') life.clientEnded(how);
        finish('end');
      },
      inClear({ waits }) {
        handshaking = false;
        // A client whose TLS has read XML may say so in an alert before it goes on in clear.
        tcp.on('data', affords).on('data', afterRecords(receive));
        resetReader();
        if (!waits) entity.open({ to: undefined, from: undefined, secured: false });
        tcp.resume();
      },
      secured(made) {
        handshaking = false;
        channel = made;
        secured = true;
        phase = made.encrypted ? 'tls' : 'clear';
        peer = made.peer;
        wire.through(made.socket);
        life.attach(made.socket);
        before ??= reader;
        reader = readStream();
        garbled = false;
        entity.secured(made.peer === 'trusted-mitm' ? behind(made.facts) : made.facts);
      },
    });
  }

  function stray(octets: Buffer): void {
    evidence.bytes('instead-of-tls', octets, 'clear');
    before ??= reader;
    before.resume();
    before.write(octets);
    if (garbled) evidence.behind(octets, 'clear');
  }

  function resetReader(): void {
    reader.resume();
    reader.reset();
  }

  function closeStream(): void {
    if (deaf) return;
    deaf = true;
    wire.next((open) => {
      open.write('</stream:stream>');
      transcript.record({ layer: 'xmpp', type: 'stream-close', connection, phase, from: 'mallory' });
    });
    wire.next(() => finish('end'));
  }

  /** An element that never became whole may still give something away. */
  function recordUnread(): void {
    const unread = Buffer.from(reader.unfinished());
    if (unread.length > 0) evidence.bytes('unread', unread, phase);
  }

  async function step(what: TlsStep): Promise<void> {
    if (!channel?.tap) return;
    const { socket, tap, facts } = channel;
    if (what.kind === 'truncate' || what.kind === 'abort' || what.kind === 'leave') deaf = true;
    // An alert ends the stream on our side, too: that is not the client's end.
    if (what.kind === 'abort') life.ending();
    const credential = what.kind === 'renegotiate' ? (what.credential ?? options.credential) : null;
    const issued = credential === null ? null : await options.issue(credential);
    const done = await performStep(what, socket, tap, issued);
    if (what.kind === 'truncate' || what.kind === 'abort') life.finish('below-tls');
    if (!issued || credential === null || !done) return;
    // Renegotiation is bound to the handshake before it (RFC 5746): whoever holds this key also held the first one. So
    // nobody is untrusted by it, and the scenario's requirement says how bad it is to go on.
    peer = options.peerOf(credential) === 'honest' ? 'honest' : 'weak';
    recordHandshake(transcript, connection, { facts, credential, certificateSha256: issued.sha256, peer });
  }

  function finish(how: 'end' | 'reset'): void {
    deaf = true;
    // What still comes is read, and thrown away where nobody listens.
    if (!secured) tcp.on('data', affords);
    life.finish(how);
  }

  transcript.record({
    layer: 'tcp',
    type: 'connected',
    connection,
    endpoint: options.endpoint,
    transport,
    direction: 'in',
    remote: `${tcp.remoteAddress}:${tcp.remotePort}`,
  });
  tcp.setNoDelay(true);
  if (options.tunnel && entity.tunnel) {
    entity.tunnel(tcp);
  } else {
    life.attach(tcp);
    const acts = script.some(({ on, at }) => on === 'connect' && (at ?? 'main') === options.endpoint);
    if (acts) perform('connect', [] satisfies Output[]);
  }

  return {
    done: life.done,
    hangUp() {
      if (secured || !handshaking) closeStream();
      finish('end');
    },
    destroy: life.destroy,
    waitedMs: wire.waitedMs,
  };
}
