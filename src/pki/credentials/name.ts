/**
 * Certificates from the trusted CA, right in all but whom they are for. What the domain has to be held against is in
 * RFC 6120, section 13.7.2.1, and RFC 9525, section 6; RFC 7590, section 3.4 says that both bind here.
 *
 * None of them names the dialled addresses: a client that looks for those would accept them for another reason.
 */
import { address, distinguishedName, dns, srv, uri, xmppAddress } from '../names.ts';
import { dialledOrLoopback, parentOf, STRANGER, siblingOf } from './domains.ts';
import { type CredentialRow, leaf, type MintContext, type Naming, naming, namingOnly } from './row.ts';

const row = (
  name: string,
  title: string,
  fields: (context: MintContext) => Naming,
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({
  name,
  title,
  defect: 'name',
  peer: 'untrusted',
  twin: 'valid',
  mint: (context) => leaf(context, fields(context)),
  ...rest,
});

export const nameCredentials: CredentialRow[] = [
  row('wrong-name', 'A certificate for a domain that has nothing to do with it', () => naming(`wrong.${STRANGER}`)),
  // What anybody gets from a public CA for the domain of their own, and what a redirect leads to.
  row('valid-for-elsewhere', 'A good certificate for a domain that the attacker owns', ({ elsewhere }) =>
    naming(...(elsewhere.length > 0 ? elsewhere : [`elsewhere.${STRANGER}`])),
  ),
  // RFC 9525, section 6.1.1: not what was derived from the domain; RFC 6120, section 4.9.3.19: nor a redirect's target.
  row(
    'host-name-only',
    'A certificate for the machine that hosts the domain, such as the target of an SRV record',
    ({ elsewhere }) => naming(...(elsewhere.length > 0 ? elsewhere : ['xmpp1.hosting.test'])),
  ),
  row('parent-name', 'A certificate for the parent domain', ({ domain }) => naming(parentOf(domain))),
  row('sibling-name', 'A certificate for another domain below the same parent', ({ domain }) =>
    naming(siblingOf(domain)),
  ),
  row('child-name', 'A certificate for a name below the domain', ({ domain }) => naming(`child.${domain}`)),
  // Section 6.3 compares whole names, label by label: these two find the comparison of a beginning or an end.
  row('prefix-name', 'A certificate for a longer name that begins with the domain', ({ domain }) =>
    naming(`${domain}.evil.test`),
  ),
  row('suffix-name', 'A certificate for a longer name that ends with the domain', ({ domain }) =>
    naming(`evil${domain}`),
  ),
  row(
    'dialled-address-only',
    'A certificate for the dialled address only',
    // The address as iPAddress or DNS-ID; a common name would be the address of one of the two ways only.
    ({ dialled }) => namingOnly(...dialledOrLoopback(dialled).map(address)),
    // RFC 9525, section 6.1.1 lets the user's configuration name it, so whether this is wrong depends on the scenario.
    { peer: 'weak', twin: 'valid-dialled-address' },
  ),

  row(
    'cn-only',
    'A certificate with the domain as common name and no subjectAltName',
    ({ domain }) => ({ subject: distinguishedName(domain), names: [] }),
    // RFC 9525, section 2: the common name must not be used; RFC 6125, section 6.4.4 allowed it as a last resort, and
    // both libraries still do as it says.
    { peer: 'weak', otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  // RFC 6125, section 6.4.4 already: not where there is a DNS-ID.
  row('cn-with-other-san', 'A certificate with the domain as common name, and another DNS-ID', ({ domain }) => ({
    subject: distinguishedName(domain),
    names: naming(`wrong.${STRANGER}`).names,
  })),
  row('no-names', 'A certificate without any name', () => namingOnly()),
  // Subdomains of the owner of evil.test, by way of whoever takes the NUL for the end of the name (CVE-2009-2408).
  // RFC 5280, section 4.2.1.6: a dNSName is in the preferred name syntax, without NUL.
  row('nul-in-san', 'A DNS-ID that goes on after a NUL', ({ domain }) => namingOnly(dns(`${domain}\0.evil.test`))),
  row('nul-in-cn', 'A common name that goes on after a NUL, and no subjectAltName', ({ domain }) => ({
    subject: distinguishedName(`${domain}\0.evil.test`),
    names: [],
  })),

  // RFC 6120, section 13.7.1.2.1: a client looks for _xmpp-client; RFC 9525, section 6.5: service and domain must match.
  row(
    'srv-id-wrong-service',
    'A certificate for the XMPP server-to-server and e-mail services of the domain only',
    ({ domain }) => namingOnly(srv(`_xmpp-server.${domain}`), srv(`_imap.${domain}`)),
    { twin: 'valid-srv-id-only', needs: 'srv-id' },
  ),
  row(
    'srv-id-wrong-domain',
    'A certificate for the XMPP client service of another domain only',
    () => namingOnly(srv(`_xmpp-client.wrong.${STRANGER}`)),
    { twin: 'valid-srv-id-only', needs: 'srv-id' },
  ),
  // RFC 6120, section 13.7.1.3: such are the certificates of the users; each of them would be the server.
  row('xmppaddr-user', 'The certificate of a user of the domain', ({ domain }) =>
    namingOnly(xmppAddress(`mallory@${domain}`)),
  ),
  // RFC 6120, section 13.7.1.2.1 has no URI-ID for XMPP.
  row('uri-only', 'A certificate that has the domain in a URI only', ({ domain }) => namingOnly(uri(`xmpp:${domain}`))),
];
