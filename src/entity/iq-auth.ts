/** The server's side of `jabber:iq:auth` (XEP-0078), which legacy clients fall back to. */
import { createHash } from 'node:crypto';
import type { Element } from 'ltx';
import { isUser } from '../sasl/identity.ts';
import type { Account } from '../sasl/mechanism.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';

export type IqAuthAnswer = { fields: Element | undefined; resource?: string } | { error: string };

/** `streamId`: what the digest is computed with (XEP-0078, section 3.2). */
export function answerIqAuth(query: Element, type: 'get' | 'set', account: Account, streamId: string): IqAuthAnswer {
  const username = query.getChildText('username');
  if (type === 'get') {
    const fields = ['username', 'password', 'digest', 'resource'].map((name) => element(name));
    return { fields: element('query', NS.iqAuth, {}, ...fields) };
  }
  const resource = query.getChildText('resource');
  const password = query.getChildText('password');
  const digest = query.getChildText('digest');
  if (!username || !resource || (password === null && digest === null)) return { error: 'not-acceptable' };
  const expected = createHash('sha1')
    .update(streamId + account.password)
    .digest('hex');
  const right = password === account.password || digest?.toLowerCase() === expected;
  return isUser(account, username) && right ? { fields: undefined, resource } : { error: 'not-authorized' };
}
