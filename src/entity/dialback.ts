/** Server Dialback (XEP-0220) as a receiving and as an authoritative server, without a socket. */
import type { Element } from 'ltx';
import type { Verify } from '../services/dial-back.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';

export interface DialbackHost {
  /** Whether a domain is served here. */
  serves(domain: string): boolean;
  verify: Verify;
  send(element: Element): void;
  /** The one domain is who it says on this stream, and may send to the other. */
  proved(from: string, to: string): void;
}

/** Pairs of domains that may be waiting for an answer at a time. */
const MOST = 16;

/** Section 2.6: each domain that asks on a stream is answered for itself, in whatever order the answers come. */
export function createDialback({ serves, verify, send, proved }: DialbackHost) {
  let waiting = 0;
  return {
    async result(request: Element, streamId: string): Promise<void> {
      const { from, to } = request.attrs;
      const answer = (type: string, ...children: Element[]) =>
        send(element('db:result', NS.dialback, { from: to, to: from, type }, ...children));
      const refuse = (condition: string) => answer('error', errorOf(condition));
      if (typeof from !== 'string' || typeof to !== 'string') return;
      if (!serves(to)) return refuse('item-not-found');
      if (waiting >= MOST) return refuse('resource-constraint');
      waiting += 1;
      const found = await verify({ domain: from, by: to, streamId, key: request.getText() });
      waiting -= 1;
      if (typeof found !== 'string') return refuse(found.error);
      if (found === 'valid') proved(from, to);
      answer(found);
    },
  };
}

/** Section 2.3.2: null for what is an answer itself. */
export function answerVerification(
  request: Element,
  knows: (key: { streamId: string; key: string }) => boolean = () => false,
): Element | null {
  const { from, to, id, type } = request.attrs;
  if (type !== undefined) return null;
  const valid = knows({ streamId: String(id), key: request.getText() });
  return element('db:verify', NS.dialback, { from: to, to: from, id, type: valid ? 'valid' : 'invalid' });
}

const errorOf = (condition: string) =>
  element('error', undefined, { type: 'cancel' }, element(condition, NS.stanzaErrors));
