/** Mallory as the server of a domain that is not hers: she comes to the server under test with a dialback key (XEP-0220). */
import type { Element } from 'ltx';
import { element, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { openServerStream, type ServerStream, type ServerStreamOptions } from './server-stream.ts';

/** How she comes, and how she would come without any attack. */
export const CALLS = {
  key: { title: 'with a key that the authoritative server of its domain knows', honest: 'key' },
  'own-answer': {
    title: 'with a key that nobody else knows, and says behind it, on the same stream, that it is valid',
    honest: 'key',
  },
  'own-answer-first': {
    title: 'says that her key is valid, and then sends it on the same stream; nobody else knows it',
    honest: 'key',
  },
} as const satisfies Record<string, { title: string; honest: string }>;

export type Calling = keyof typeof CALLS;

/** Whether the authoritative server of the domain knows the key. */
export const isVouchedFor = (how: Calling) => how === 'key';

export type CallOptions = Omit<ServerStreamOptions, 'patienceMs' | 'identity'> & { key: string; how: Calling };

/** The server has to ask elsewhere first. Milliseconds. */
const PATIENCE = 8_000;

/** Sends the key and waits for what the server makes of it, which stands in the transcript then. Never rejects. */
export async function callServer({ key, how, ...options }: CallOptions): Promise<void> {
  const { connection, transcript, from, to } = options;
  let stream: ServerStream | null = null;
  try {
    stream = await openServerStream({ ...options, patienceMs: PATIENCE });
    const result = element('db:result', NS.dialback, { from, to }, key);
    const verdict = element('db:verify', NS.dialback, { from, to, id: stream.id, type: 'valid' });
    const said: Record<Calling, Element[]> = {
      key: [result],
      'own-answer': [result, verdict],
      'own-answer-first': [verdict, result],
    };
    for (const one of said[how]) stream.send(one);
    for (;;) {
      const answer = await stream.next();
      // Whoever asks about the key on its own stream asks the one that has sent it.
      if (is(answer, 'verify', NS.dialback) && answer.attrs.type === undefined)
        stream.send(element('db:verify', NS.dialback, { from, to, id: answer.attrs.id, type: 'valid' }));
      if (!is(answer, 'result', NS.dialback)) continue;
      if (answer.attrs.type === 'valid')
        transcript.record({
          ...{ layer: 'xmpp', type: 'authenticated', connection, phase: stream.phase, from: 'mallory' },
          ...{ mechanism: 'dialback', user: from },
        });
      return;
    }
  } catch {
    // That there was no answer stands in the transcript, too.
  } finally {
    stream?.close();
  }
}
