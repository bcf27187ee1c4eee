/** The stream to a real server: secured and verified before anything else is said on it. */
import { connect, type Socket } from 'node:net';
import type { Element } from 'ltx';
import { childrenOf, element, is, localName, STREAM_END, serialise, streamHeader } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { createStreamReader } from '../xmpp/stream-reader.ts';
import { connectSecurely, secureUpstream, sentenceOf, type UpstreamServer } from './upstream-tls.ts';

export interface UpstreamHandlers {
  /** The features of a stream that has just been opened. */
  features(features: Element): void;
  element(element: Element): void;
  /** The server has ended the stream, or `why` it is of no use: a sentence. Called at most once, and last. */
  ended(why: string | null): void;
}

export interface UpstreamStream {
  send(element: Element): void;
  /** Opens a new stream on the same connection (RFC 6120, section 4.3.3); `features` follows. */
  restart(): void;
  /** Ends the stream and then the connection. No handler is called any more. */
  close(): void;
}

/** For a stream to be there, from the first octet or from its restart. Milliseconds. */
export const PATIENCE = 5_000;
/** For the server's end, after ours. Milliseconds. */
const LINGER = 1_000;

/** Octets that a server may send in one session, and those that may wait for it to read. */
const MOST_READ = 8_388_608;
const MOST_UNREAD = 1_048_576;
/** Rosters are long. */
const ELEMENT = 1_048_576;

/**
 * Connects, by STARTTLS (RFC 6120, section 5) or direct TLS (XEP-0368), and opens a stream to `domain`, which the
 * certificate has to name. Never throws: `ended` says what did not work.
 */
export function openUpstream(server: UpstreamServer, domain: string, handlers: UpstreamHandlers): UpstreamStream {
  const place = `${server.host}:${server.port}`;
  const direct = server.transport === 'direct';
  let secured = direct;
  /** The next octets are TLS. */
  let proceeding = false;
  /** A header was sent, and features have to come. */
  let opening = true;
  let over = false;
  let octets = 0;
  let limit = setTimeout(giveUp, PATIENCE);
  let socket: Socket = direct
    ? connectSecurely(server, domain, openStream)
    : connect({ host: server.host, port: server.port, noDelay: true }, openStream);
  attach(socket);

  const reader = createStreamReader(
    {
      open: () => undefined,
      element(received) {
        if (over) return;
        if (!secured) return askForTls(received);
        if (opening && is(received, 'features', NS.streams)) {
          opening = false;
          clearTimeout(limit);
          return handlers.features(received);
        }
        if (opening && is(received, 'error', NS.streams)) return refused(received);
        handlers.element(received);
      },
      close: end,
      malformed: (reason) => fail(`${place} sends what is no XML of a stream: ${reason}.`),
    },
    { element: ELEMENT },
  );

  function openStream(): void {
    socket.write(streamHeader({ to: domain }));
  }

  function askForTls(received: Element): void {
    if (is(received, 'features', NS.streams)) {
      const offered = childrenOf(received, 'starttls', NS.tls).length > 0;
      return offered ? write(element('starttls', NS.tls)) : fail(`${place} offers no STARTTLS.`);
    }
    if (is(received, 'error', NS.streams)) return refused(received);
    if (!is(received, 'proceed', NS.tls)) return fail(`${place} refuses STARTTLS.`);
    proceeding = true;
    reader.stop();
  }

  function secure(): void {
    const tcp = socket;
    tcp.off('data', read);
    socket = secureUpstream(tcp, server, domain, () => {
      secured = true;
      openStream();
    });
    reader.resume();
    reader.reset();
    attach(socket);
  }

  function read(chunk: Buffer): void {
    octets += chunk.length;
    if (octets > MOST_READ) return fail(`${place} sends more than ${MOST_READ} octets.`);
    const rest = reader.write(chunk);
    if (!proceeding || over) return;
    proceeding = false;
    // RFC 6120, section 5.4.3.3: what stands behind it in the clear is not the server's.
    if (rest.length > 0) fail(`More than <proceed/> came from ${place} before TLS.`);
    else secure();
  }

  function attach(to: Socket): void {
    to.on('data', read);
    to.on('error', (error) => fail(sentenceOf(error, place, domain)));
    to.on('close', end);
  }

  function write(sent: Element): void {
    if (over) return;
    socket.write(serialise(sent));
    if (socket.writableLength > MOST_UNREAD) fail(`${place} does not read what the client sends.`);
  }

  function refused(error: Element): void {
    const condition = childrenOf(error)[0];
    fail(`${place} refuses a stream to ${domain}: ${condition ? localName(condition) : 'no reason is given'}.`);
  }

  function giveUp(): void {
    fail(`${place} does not answer within ${PATIENCE / 1_000} s.`);
  }

  function fail(why: string): void {
    if (over) return;
    over = true;
    clearTimeout(limit);
    socket.destroy();
    handlers.ended(why);
  }

  function end(): void {
    if (over) return;
    if (opening) return fail(`${place} ends the connection before it has offered anything.`);
    leave();
    handlers.ended(null);
  }

  function leave(): void {
    over = true;
    clearTimeout(limit);
    if (socket.connecting || !secured) return void socket.destroy();
    socket.end(STREAM_END);
    setTimeout(() => socket.destroy(), LINGER).unref();
  }

  return {
    send: write,
    restart() {
      if (over) return;
      opening = true;
      limit = setTimeout(giveUp, PATIENCE);
      reader.reset();
      openStream();
    },
    close() {
      if (!over) leave();
    },
  };
}
