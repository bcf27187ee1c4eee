/** Where other servers reach the reference server: inside TLS only, it answers what they ask about its dialback keys. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Element } from 'ltx';
import { element, is, serialise, streamHeader } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { createStreamReader } from '../../src/xmpp/stream-reader.ts';
import type { Identity } from '../reference-client/attempt.ts';
import type { Has } from '../reference-client/faults.ts';

export interface Listener {
  address: { host: string; port: number };
  close(): Promise<void>;
}

const SCOPE = { xmlns: NS.server, 'xmlns:stream': NS.streams, 'xmlns:db': NS.dialback };

/** Asks the authoritative server of a domain about a key. */
export type Ask = (domain: string, key: string, streamId: string) => Promise<string>;

/** Sends a stanza to a domain, over a stream of its own. */
export type Answer = (stanza: Element, to: string) => Promise<void>;

interface Host {
  identity: Identity;
  ask: Ask;
  answer: Answer;
  has: Has;
}

export async function listen(host: Host): Promise<Listener> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    converse(socket, host, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    address: { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function converse(socket: Socket, host: Host, secured: boolean): void {
  const streamId = randomUUID();
  const { identity, has } = host;
  const { domain, certificate, key, policy } = identity;
  const answers = createAnswers(has);
  /** Domains that have proved themselves on this stream. */
  const proven = new Set<string>();
  const write = (xml: string) => void socket.write(xml);
  const feature = secured
    ? [...(policy.dialback ? [element('dialback', NS.dialbackFeature)] : [])]
    : [element('starttls', NS.tls, {}, element('required'))];
  const reader = createStreamReader({
    open({ from }) {
      write(streamHeader({ id: streamId, from: domain, to: from }, SCOPE));
      write(serialise(element('stream:features', undefined, {}, ...feature), SCOPE));
    },
    element(received) {
      if (!secured && is(received, 'starttls', NS.tls)) {
        reader.stop();
        socket.removeAllListeners('data');
        write(serialise(element('proceed', NS.tls)));
        const secureContext = createSecureContext({ cert: certificate, key });
        const inside = new TLSSocket(socket, { isServer: true, secureContext });
        inside.on('error', () => socket.destroy());
        return converse(inside, host, true);
      }
      const { from, to, id, type: answer } = received.attrs;
      if (secured && policy.dialback && is(received, 'result', NS.dialback) && to === domain) {
        const request = { from: to, to: from, id: streamId };
        if (has('asks-on-stream-of-key'))
          write(serialise(element('db:verify', NS.dialback, request, received.getText()), SCOPE));
        answers
          .of(() => host.ask(from, received.getText(), streamId))
          .catch(() => 'error')
          .then((type) => {
            if (type === 'valid') proven.add(from);
            write(serialise(element('db:result', NS.dialback, { from: to, to: from, type }), SCOPE));
          });
        return;
      }
      // Nothing was asked here: whoever answers on this stream vouches for himself.
      if (secured && is(received, 'verify', NS.dialback) && answer !== undefined)
        return void (id === streamId && answers.unasked(answer));
      if (secured && is(received, 'iq', NS.server)) {
        // RFC 6120, section 4.9.3.9.
        if (!proven.has(from) && !(proven.size > 0 && has('believes-any-sender')))
          return void socket.end(
            `<stream:error><invalid-from xmlns='${NS.streamErrors}'/></stream:error></stream:stream>`,
          );
        return void host
          .answer(element('iq', NS.server, { type: 'result', id, from: domain, to: from }), from)
          .catch(() => undefined);
      }
      if (!secured || !is(received, 'verify', NS.dialback)) return void socket.end('</stream:stream>');
      const type = received.getText() === identity.dialbackKey(from, id) ? 'valid' : 'invalid';
      write(serialise(element('db:verify', NS.dialback, { from: to, to: from, id, type }), SCOPE));
    },
    close: () => void socket.end('</stream:stream>'),
    malformed: () => void socket.destroy(),
  });
  socket.on('data', (chunk: Buffer) => reader.write(chunk));
}

/** What is believed about a key: the authoritative server, and, by a fault, what came on the stream of the key itself. */
function createAnswers(has: Has) {
  let before: string | null = null;
  let take: (answer: string) => void = () => undefined;
  return {
    of(ask: () => Promise<string>): Promise<string> {
      if (before !== null && has('takes-answer-before-key')) return Promise.resolve(before);
      const here = new Promise<string>((resolve) => {
        take = resolve;
      });
      return has('asks-on-stream-of-key') ? here : Promise.race([ask(), here]);
    },
    unasked(answer: string): void {
      before = answer;
      if (has('takes-answer-of-asker') || has('asks-on-stream-of-key')) take(answer);
    },
  };
}
