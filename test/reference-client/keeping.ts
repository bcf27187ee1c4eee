/** Faults of the injection family: what a client takes in clear and uses inside TLS. A correct one takes nothing. */
import type { Element } from 'ltx';
import { is } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { createStreamReader } from '../../src/xmpp/stream-reader.ts';
import { type Attempt, isStanza, refuseError } from './attempt.ts';
import { answerIq } from './session.ts';

/** Whether a fault makes something of a stanza that came before the login. */
export function takeStanza({ has, kept, connection }: Attempt, element: Element): boolean {
  if (!isStanza(element) || connection.tls) return false;
  if (has('answers-in-clear')) answerIq(connection, element);
  if (has('keeps-stanzas')) kept.stanzas.push(element);
  return has('answers-in-clear') || has('keeps-stanzas');
}

/** Whether a fault makes something of what followed `<proceed/>` in clear. */
export function keepLeftover({ has, kept }: Attempt, leftover: Buffer): boolean {
  const elements = elementsIn(leftover);
  if (has('follows-redirect')) elements.forEach(refuseError);
  if (has('early-success') && elements.some(isSuccess)) {
    kept.success = true;
    return true;
  }
  if (!has('keeps-buffer')) return false;
  kept.features = elements.find((element) => is(element, 'features', NS.streams)) ?? null;
  kept.stanzas.push(...elements.filter(isStanza));
  return true;
}

export function isSuccess(element: Element): boolean {
  return is(element, 'success', NS.sasl) || is(element, 'success', NS.sasl2);
}

/** Whole elements in a piece of XML that begins with a stream header, or goes on with the stream before. */
function elementsIn(xml: Buffer): Element[] {
  const elements: Element[] = [];
  const reader = createStreamReader({
    open: () => undefined,
    element: (element) => elements.push(element),
    close: () => undefined,
    malformed: () => undefined,
  });
  if (!/^\s*<(?:\?xml|stream:stream)/.test(xml.toString('latin1')))
    reader.write(Buffer.from(`<stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}'>`));
  reader.write(xml);
  return elements;
}
