/**
 * The domain, or what is like it, in a name of another kind than the DNS-ID. RFC 6120, section 13.7.1.2.1: for XMPP there
 * are the DNS-ID, the SRV-ID with the service `_xmpp-client` or `_xmpp-server`, and, for the sake of the past, the XmppAddr.
 */
import { dns, email, srv, uri, xmppAddress } from '../names.ts';
import { parentOf, STRANGER } from './domains.ts';
import { nameRow } from './name-row.ts';
import { namingOnly } from './row.ts';

const srvId = { twin: 'valid-srv-id-only', needs: 'srv-id' } as const;
const xmppAddr = { twin: 'valid-xmppaddr-only', needs: 'xmpp-addr' } as const;

export const otherKindCredentials = [
  // A client looks for _xmpp-client, a server for _xmpp-server; RFC 9525, section 6.5: service and domain must match together.
  nameRow(
    'srv-id-wrong-service',
    'A certificate for the other XMPP service and the e-mail service of the domain only',
    ({ domain, service }) => namingOnly(srv(`${otherOf(service)}.${domain}`), srv(`_imap.${domain}`)),
    srvId,
  ),
  nameRow(
    'srv-id-wrong-domain',
    'A certificate for the XMPP client service of another domain only',
    ({ service }) => namingOnly(srv(`${service}.wrong.${STRANGER}`)),
    srvId,
  ),
  // RFC 4985, section 3 has an exact match on the entire domain name, RFC 9525, section 6.3 wildcards in all that has a
  // DNS domain name portion. So it depends.
  nameRow(
    'srv-id-wildcard',
    'A certificate for the XMPP client service of all names below the parent domain',
    ({ domain, service }) => namingOnly(srv(`${service}.*.${parentOf(domain)}`)),
    { ...srvId, peer: 'weak' },
  ),
  nameRow(
    'nul-in-srv-id',
    'An SRV-ID that goes on after a NUL',
    ({ domain, service }) => namingOnly(srv(`${service}.${domain}\0.evil.test`)),
    srvId,
  ),
  nameRow(
    'xmppaddr-wrong-domain',
    'A certificate with another domain as XmppAddr only',
    () => namingOnly(xmppAddress(`wrong.${STRANGER}`)),
    xmppAddr,
  ),
  nameRow(
    'nul-in-xmppaddr',
    'An XmppAddr that goes on after a NUL',
    ({ domain }) => namingOnly(xmppAddress(`${domain}\0.evil.test`)),
    xmppAddr,
  ),
  // RFC 6120, section 13.7.1.3: such are the certificates of the users; each of them would be the server.
  nameRow('xmppaddr-user', 'The certificate of a user of the domain', ({ domain }) =>
    namingOnly(xmppAddress(`mallory@${domain}`)),
  ),
  // The same for their e-mail.
  nameRow('email-only', 'A certificate for an e-mail address in the domain', ({ domain }) =>
    namingOnly(email(`mallory@${domain}`)),
  ),
  // There is no URI-ID for XMPP.
  nameRow('uri-only', 'A certificate that has the domain in a URI only', ({ domain }) =>
    namingOnly(uri(`xmpp:${domain}`)),
  ),
  // RFC 9525, section 6.2: an address is looked for among the iPAddress entries, and there octet by octet. RFC 6125
  // leaves addresses out, and CAs have written them like this.
  nameRow(
    'ip-as-dns-id',
    'A certificate that has the address as DNS-ID, as text',
    ({ domain }) => namingOnly(dns(domain)),
    { peer: 'weak', domain: 'ip-address' },
  ),
];

const otherOf = (service: string) => (service === '_xmpp-client' ? '_xmpp-server' : '_xmpp-client');
