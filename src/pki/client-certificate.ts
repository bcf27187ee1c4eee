/** What a client presents of itself, where it logs in with a certificate. */
import type { Authority } from './authority.ts';
import { type Issued, leaf } from './credentials/row.ts';
import { distinguishedName, xmppAddress } from './names.ts';

/**
 * A key and a certificate of the run's CA for an account: its bare JID as XmppAddr and nothing else (RFC 6120, section
 * 13.7.1.3), for clients only. New each time.
 */
export function issueClientCertificate(authority: Authority, jid: string): Issued {
  const domain = jid.slice(jid.lastIndexOf('@') + 1);
  return leaf(
    { authority, domain, dialled: [], reached: [], elsewhere: [], second: '', localpart: '', service: '_xmpp-client' },
    { subject: distinguishedName(), names: [xmppAddress(jid)], purposes: ['clientAuth'] },
  );
}
