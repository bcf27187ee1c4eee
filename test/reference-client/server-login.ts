/** How a server proves who it is on a stream to another one: SASL EXTERNAL (XEP-0178), or Server Dialback (XEP-0220). */
import type { Element } from 'ltx';
import { childOf, element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, nextElement } from './attempt.ts';
import { mechanismsIn, sasl } from './authenticate.ts';
import type { Way } from './login.ts';
import { Refusal, reasonOf } from './refusal.ts';
import { openStream, readFeatures } from './stream.ts';

/** The best way that features offer. To a peer that has not proved itself a certificate is not shown off. */
export function serverWay(features: Element, attempt: Attempt): Way | null {
  return (attempt.trusted ? externalWay(features) : null) ?? dialbackWay(features, attempt);
}

export const externalWay = (features: Element): Way | null =>
  mechanismsIn(features, sasl).includes('EXTERNAL') ? external : null;

export const dialbackWay = (features: Element, { server }: Attempt): Way | null =>
  server?.policy.dialback && childOf(features, 'dialback', NS.dialbackFeature) ? dialback : null;

async function external(attempt: Attempt): Promise<void> {
  const { connection, server } = attempt;
  const identity = Buffer.from(server?.domain ?? '').toString('base64');
  connection.send(serialise(element('auth', NS.sasl, { mechanism: 'EXTERNAL' }, identity)));
  const reply = await nextElement(connection, 'silent');
  if (!is(reply, 'success', NS.sasl)) throw new Refusal('login', `EXTERNAL: ${reply.name}`);
  connection.restart();
  await openStream(attempt);
  await readFeatures(attempt);
}

/** Section 2.2.1: the answer is awaited on the stream of the key, and has to be about the same two domains. */
export async function dialback(attempt: Attempt): Promise<void> {
  const { connection, server, endpoint, streamId, has } = attempt;
  if (!server) throw new Refusal('login', 'dialback is for servers');
  const pair = { from: server.domain, to: endpoint.domain };
  if (attempt.unsolicited) return;
  connection.send(serialise(element('db:result', NS.dialback, pair, server.dialbackKey(endpoint.domain, streamId))));
  if (has('sends-before-result')) return;
  for (;;) {
    const reply = await patiently(connection);
    if (!is(reply, 'result', NS.dialback)) continue;
    const isOurs = reply.attrs.from === pair.to && reply.attrs.to === pair.from;
    if (!isOurs && !has('takes-any-result')) continue;
    if (reply.attrs.type === 'valid' || has('ignores-result')) return;
    throw new Refusal('login', `dialback: ${reply.attrs.type}`);
  }
}

/** The other side has to ask elsewhere first: five times as long as for anything else. */
async function patiently(connection: Attempt['connection']): Promise<Element> {
  for (let waits = 1; ; waits += 1) {
    try {
      return await nextElement(connection, 'silent');
    } catch (error) {
      if (reasonOf(error) !== 'silent' || waits === 5) throw error;
    }
  }
}

/** A fault: what comes before it was asked for. */
export function takeResult(attempt: Attempt, element: Element): boolean {
  const takes = attempt.has('takes-unsolicited-result') && is(element, 'result', NS.dialback);
  attempt.unsolicited ||= takes;
  return takes;
}

/** XEP-0288, section 2.2: inside TLS, and before anything that proves who it is. */
export function askForBidi({ connection, server, has, features }: Asking): boolean {
  const offered = childOf(features, 'bidi', NS.bidiFeature) !== undefined;
  if (!server || !offered || (connection.tls === null && !has('bidi-in-clear'))) return false;
  connection.send(serialise(element('bidi', NS.bidi)));
  return true;
}

type Asking = Pick<Attempt, 'connection' | 'server' | 'has'> & { features: Element };

/** Section 2.1.2: what the other side, as authoritative server, says about a key. Given to `instead`. */
export function askAbout(key: string, id: string, answered: (type: string) => void) {
  return async (attempt: Attempt): Promise<void> => {
    const { connection, server, endpoint } = attempt;
    await openStream(attempt);
    await readFeatures(attempt);
    const pair = { from: server?.domain, to: endpoint.domain, id };
    connection.send(serialise(element('db:verify', NS.dialback, pair, key)));
    for (;;) {
      const reply = await nextElement(connection, 'silent');
      if (is(reply, 'verify', NS.dialback) && reply.attrs.id === id) return answered(String(reply.attrs.type));
    }
  };
}
