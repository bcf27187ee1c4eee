/** The octets that a SASL element carries, in either profile: RFC 6120, section 6.4, or SASL2 (XEP-0388). */
import type { Element } from 'ltx';
import { childOf, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';

/** Null where there are none. `=` is the empty message (RFC 6120, section 6.4.2). */
export function saslData(sent: Element): Buffer | null {
  const text = holderOf(sent)?.getText();
  if (!text) return null;
  return Buffer.from(text === '=' ? '' : text, 'base64');
}

/** Null takes them away. */
export function setSaslData(sent: Element, data: Buffer | null): void {
  const holder = holderOf(sent);
  if (!holder) return;
  if (data !== null) holder.children = [data.toString('base64') || '='];
  else if (holder === sent) sent.children = [];
  else sent.remove(holder);
}

function holderOf(sent: Element): Element | undefined {
  return is(sent, 'success', NS.sasl2) ? childOf(sent, 'additional-data', NS.sasl2) : sent;
}
