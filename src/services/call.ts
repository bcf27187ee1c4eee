/** Mallory as the server of a domain that is not hers: she comes to the server under test with a dialback key (XEP-0220). */
import { element, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { openServerStream, type ServerStream, type ServerStreamOptions } from './server-stream.ts';

export type CallOptions = Omit<ServerStreamOptions, 'patienceMs' | 'identity'> & { key: string };

/** The server has to ask elsewhere first. Milliseconds. */
const PATIENCE = 8_000;

/** Sends the key and waits for what the server makes of it, which stands in the transcript then. Never rejects. */
export async function callServer({ key, ...options }: CallOptions): Promise<void> {
  const { connection, transcript, from, to } = options;
  let stream: ServerStream | null = null;
  try {
    stream = await openServerStream({ ...options, patienceMs: PATIENCE });
    stream.send(element('db:result', NS.dialback, { from, to }, key));
    for (;;) {
      const answer = await stream.next();
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
