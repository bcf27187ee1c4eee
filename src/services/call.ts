/** Mallory as the server of a domain that is not hers: she comes to the server under test with a dialback key (XEP-0220). */
import type { Element } from 'ltx';
import { childOf, element, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { openServerStream, type ServerStream, type ServerStreamOptions } from './server-stream.ts';

/** How she comes, and how she would come without any attack. */
export const CALLS = {
  key: { title: 'sends a key that the authoritative server of the domain knows', honest: 'key' },
  'own-answer': {
    title: 'sends a key that nobody else knows, and says behind it, on the same stream, that it is valid',
    honest: 'key',
  },
  'own-answer-first': {
    title: 'says that a key is valid that nobody else knows, and sends it then on the same stream',
    honest: 'key',
  },
  request: {
    title: 'proves that it is its own, by a certificate or a key, and sends a request in its name',
    honest: 'request',
  },
  'request-of-another': {
    title: 'proves that it is its own, by a certificate or a key, and sends a request in the name of the second domain',
    honest: 'request',
  },
} as const satisfies Record<string, { title: string; honest: string }>;

export type Calling = keyof typeof CALLS;

/** Whether the authoritative server of the domain knows the key. */
export const isVouchedFor = (how: Calling) => how === 'key' || isRequest(how);

export const isRequest = (how: Calling) => how === 'request' || how === 'request-of-another';

export type CallOptions = Omit<ServerStreamOptions, 'patienceMs'> & {
  how: Calling;
  key: string;
  /** Which the same host serves. */
  second: string;
  /** Of the request. */
  id: string;
  /** Ends it: nobody waits for an answer any more. */
  signal: AbortSignal;
};

/** The server has to ask elsewhere first. Milliseconds. */
const PATIENCE = 8_000;

/** Comes so, and waits for what the server makes of it, which stands in the transcript then. Never rejects. */
export async function callServer(options: CallOptions): Promise<void> {
  const { how, connection, transcript, from, signal } = options;
  let stream: ServerStream | null = null;
  // A server that goes on sending something would never be waited for too long.
  const leave = () => stream?.close();
  try {
    stream = await openServerStream({
      ...options,
      patienceMs: PATIENCE,
      identity: isRequest(how) ? options.identity : undefined,
    });
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) return;
    const mechanism = await letIn(stream, options);
    if (mechanism === null) return;
    transcript.record({
      ...{ layer: 'xmpp', type: 'authenticated', connection, phase: stream.phase, from: 'mallory' },
      ...{ mechanism, user: from },
    });
    if (!isRequest(how)) return;
    stream.send(request(options));
    // The answer comes on a stream of the server's own; this one stays for as long as the server lets it.
    for (;;) await stream.next();
  } catch {
    // That there was no answer stands in the transcript, too.
  } finally {
    signal.removeEventListener('abort', leave);
    stream?.close();
  }
}

/** By which mechanism; null: it is not. @throws Error with a sentence: there was no answer. */
async function letIn(stream: ServerStream, { how, key, from, to }: CallOptions): Promise<string | null> {
  if (isRequest(how) && offersExternal(stream)) {
    stream.send(element('auth', NS.sasl, { mechanism: 'EXTERNAL' }, '='));
    if (!is(await stream.next(), 'success', NS.sasl)) return null;
    await stream.restart();
    return 'EXTERNAL';
  }
  const result = element('db:result', NS.dialback, { from, to }, key);
  const verdict = element('db:verify', NS.dialback, { from, to, id: stream.id, type: 'valid' });
  const said = how === 'own-answer' ? [result, verdict] : how === 'own-answer-first' ? [verdict, result] : [result];
  for (const one of said) stream.send(one);
  for (;;) {
    const answer = await stream.next();
    // Whoever asks about the key on its own stream asks the one that has sent it.
    if (is(answer, 'verify', NS.dialback) && answer.attrs.type === undefined)
      stream.send(element('db:verify', NS.dialback, { from, to, id: answer.attrs.id, type: 'valid' }));
    if (is(answer, 'result', NS.dialback)) return answer.attrs.type === 'valid' ? 'dialback' : null;
  }
}

const offersExternal = ({ features }: ServerStream) =>
  childOf(features, 'mechanisms', NS.sasl)
    ?.getChildElements()
    .some((one) => one.getText() === 'EXTERNAL') ?? false;

/** XEP-0199: to a server, which answers by itself. */
function request({ how, from, to, second, id }: CallOptions): Element {
  const sender = how === 'request-of-another' ? second : from;
  return element('iq', NS.server, { type: 'get', id, from: sender, to }, element('ping', NS.ping));
}
