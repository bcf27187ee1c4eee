/** Mallory's end of TLS: takes over a TCP connection on which a ClientHello has arrived. */
import { TLSSocket } from 'node:tls';
import type { Issued } from '../pki/credentials/row.ts';
import type { ClientHello } from '../transcript.ts';
import { type ChannelPlan, secureContext } from './context.ts';
import { type ChannelFacts, channelFacts } from './facts.ts';
import { endedDuringHandshake, failureOf, type HandshakeFailure, incapable } from './failure.ts';
import { staplesFor } from './staple.ts';
import type { Carrier } from './tap.ts';

export type { ChannelPlan } from './context.ts';
export type { ChannelFacts } from './facts.ts';
export type { HandshakeFailure } from './failure.ts';

export interface Upgrade {
  /** Without readers: what it receives from now on belongs to TLS. */
  socket: Carrier;
  /** All that was read and belongs to TLS; the whole ClientHello is in it. */
  early: Buffer;
  /** What {@link readClientHello} made of it. */
  hello: ClientHello;
  /** Null: no certificate, which only anonymous suites do without. */
  credential: Issued | null;
  /** Default: a good server's. */
  plan?: ChannelPlan;
  /** Is told the secrets, in lines of the NSS key log format; default: nobody is. */
  keylog?: ((line: Buffer) => void) | undefined;
}

/** Called in the order in which things happen; exactly one of `secured` and `failed`, and never from within `upgrade`. */
export interface UpgradeHandlers {
  /** The certificate and all of its flight is on the network. `octets`: written since the ClientHello, so far. */
  flight(octets: number): void;
  /** The handshake is complete. From here on the stream, with its `error` and `close`, is the caller's. */
  secured(facts: ChannelFacts): void;
  /** There will be no TLS here; the connection is destroyed. */
  failed(failure: HandshakeFailure): void;
}

/** A ServerHello has at least so many octets, and an alert far fewer. */
const SERVER_HELLO_MINIMUM = 47;

/** Octets of a chain after which it counts as shown: many clients leave at the length of a longer one, which is their answer to it. */
const ENOUGH = 16 * 1024;

/** The extension by which a client asks for a staple: RFC 6066, section 8. */
export const STATUS_REQUEST = 5;

/** Returns the stream inside TLS; `null` if there cannot be one, and `failed` follows. */
export function upgrade(
  { socket, early, hello, credential, plan = {}, keylog }: Upgrade,
  handlers: UpgradeHandlers,
): TLSSocket | null {
  const stream = takeOver(socket, early, hello, credential, plan);
  if (!(stream instanceof TLSSocket)) {
    process.nextTick(() => {
      socket.destroy();
      handlers.failed(stream);
    });
    return null;
  }

  if (keylog) stream.on('keylog', keylog);

  // TLS writes past the socket, but to the same handle, whose counter `bytesWritten` reads.
  const before = socket.bytesWritten;
  const staple = hello.extensions.includes(STATUS_REQUEST) ? credential?.staple : undefined;
  const chain = (credential?.flightBytes ?? 0) + (staple?.length ?? 0);
  const expected = Math.min(chain, ENOUGH) + SERVER_HELLO_MINIMUM;
  let over = false;
  let flown = false;
  let resumed = false;

  /**
   * ServerHello to the end of the flight are one write, so that it took place as soon as there is more than the chain; but
   * a resumed session shows no certificate, and with a post-quantum key share (OpenSSL 3.5) is as long as a short chain.
   */
  const lookForFlight = () => {
    const octets = socket.bytesWritten - before;
    // Of a connection that is gone Node asks OpenSSL without looking, and the process dies.
    resumed ||= !socket.destroyed && !stream.destroyed && stream.isSessionReused();
    if (flown || resumed || octets < expected) return;
    flown = true;
    handlers.flight(octets);
  };
  // After this tick OpenSSL has answered; only after a HelloRetryRequest the flight waits for a second ClientHello.
  process.nextTick(function look() {
    if (!over) lookForFlight();
    if (!over && !flown) setTimeout(look, 10).unref();
  });

  const fail = (failure: HandshakeFailure) => {
    if (over) return;
    over = true;
    lookForFlight();
    stream.destroy();
    handlers.failed(failure);
  };
  const onEnd = () => fail(endedDuringHandshake);
  stream.on('error', (error) => fail(failureOf(error)));
  stream.once('end', onEnd);
  stream.once('close', onEnd);
  stream.once('secure', () => {
    if (over) return;
    over = true;
    stream.off('end', onEnd).off('close', onEnd);
    const facts = channelFacts(stream, {
      leafDer: credential?.leafDer ?? null,
      extendedMasterSecret: hello.extendedMasterSecret && plan.extendedMasterSecret !== false,
    });
    lookForFlight();
    handlers.secured(facts);
  });
  return stream;
}

function takeOver(
  socket: Carrier,
  early: Buffer,
  hello: ClientHello,
  credential: Issued | null,
  plan: ChannelPlan,
): TLSSocket | HandshakeFailure {
  if (socket.destroyed) return endedDuringHandshake;
  const { alpn = ['xmpp-client'] } = plan;
  try {
    const context = secureContext(plan, credential);
    socket.setNoDelay?.(true);
    socket.pause();
    if (early.length > 0) socket.unshift(early);
    return new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      requestCert: plan.clientCa !== undefined,
      rejectUnauthorized: false,
      ...(credential?.staple && { server: staplesFor(credential.staple) }),
      // Node would answer with a fatal alert where nothing is in common; servers of XMPP go on without a protocol.
      ...(alpn.some((name) => hello.alpn.includes(name)) ? { ALPNProtocols: alpn } : {}),
    });
  } catch (error) {
    return incapable(error);
  }
}
