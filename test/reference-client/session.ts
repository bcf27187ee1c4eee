/** A session that is online: it answers what it is asked, until one side ends it. */
import type { Element } from 'ltx';
import { childrenOf, element, is, STREAM_END, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, nextElement } from './attempt.ts';
import type { Connection } from './connection.ts';
import { Refusal } from './refusal.ts';

/** Serves until the stream or the connection is over, and returns where a redirect leads to. Never rejects. */
export async function serve(attempt: Attempt): Promise<string | null> {
  const { connection } = attempt;
  answerKept(attempt);
  try {
    for (;;) answerIq(connection, await nextElement(connection, null));
  } catch (error) {
    await end(attempt);
    return connection.tls && error instanceof Refusal ? error.redirect : null;
  }
}

/** Ends the session in order: the stream, then the connection. */
export async function end({ connection }: Attempt): Promise<void> {
  connection.send(STREAM_END);
  await connection.end();
}

/** What some fault has kept from before the login. */
export function answerKept({ connection, kept }: Attempt): void {
  for (const stanza of kept.stanzas.splice(0)) answerIq(connection, stanza);
}

/** RFC 6120, section 8.2.3: each request gets an answer, and one that nobody understands an error. */
export function answerIq(connection: Connection, stanza: Element): void {
  const { type, id, from } = stanza.attrs;
  if (!(is(stanza, 'iq', NS.client) || is(stanza, 'iq', NS.server)) || (type !== 'get' && type !== 'set')) return;
  const isPing = type === 'get' && childrenOf(stanza, 'ping', NS.ping).length > 0;
  const refusal = element('error', undefined, { type: 'cancel' }, element('service-unavailable', NS.stanzaErrors));
  const answer = element('iq', NS.client, { type: isPing ? 'result' : 'error', id, to: from });
  if (!isPing) answer.cnode(refusal);
  connection.send(serialise(answer));
}
