/** Credentials that nothing is wrong with: what the controls present, and so what a client is expected to accept. */
import { intermediate } from '../authority.ts';
import { rsaKey } from '../keys.ts';
import { address, distinguishedName, dns, NO_SUBJECT, srv, xmppAddress } from '../names.ts';
import { parentOf, siblingOf } from './domains.ts';
import { crowd } from './name-many.ts';
import {
  andDialled,
  type CredentialRow,
  leaf,
  type MintContext,
  type Naming,
  naming,
  namingOnly,
  reachedBy,
} from './row.ts';

const honest = { defect: null, peer: 'honest', twin: null } as const;

export const honestCredentials: CredentialRow[] = [
  {
    ...honest,
    name: 'valid',
    title: 'A good certificate for the domain: P-256, from the trusted CA, a DNS-ID and the same common name',
    mint: (context) => leaf(context),
  },
  {
    ...honest,
    /** What follows the first after 90 days, with a key of its own. */
    name: 'valid-renewed',
    title: 'Another good certificate for the domain from the trusted CA, with another key',
    mint: (context) => leaf(context),
  },
  {
    ...honest,
    /** RFC 9525, section 4.1: the DNS-ID is what counts, and many a CA leaves the common name out by now. */
    name: 'valid-no-cn',
    title: 'A good certificate with a DNS-ID and without a common name',
    mint: (context) => leaf(context, andDialled(context, namingOnly(address(context.domain)))),
  },
  {
    ...honest,
    /** RFC 9525, section 2 and RFC 6125, section 6.4.4: beside a DNS-ID the common name means nothing. */
    name: 'valid-other-cn',
    title: 'A good certificate whose common name is that of another host',
    mint: (context) => {
      const subject = distinguishedName(siblingOf(context.domain));
      return leaf(context, andDialled(context, { subject, names: [dns(context.domain)] }));
    },
  },
  {
    ...honest,
    /** RFC 5280, sections 4.1.2.6 and 4.2.1.6: all that it names stands in the subjectAltName, which is critical then. */
    name: 'valid-no-subject',
    title: 'A good certificate with an empty subject and a critical subjectAltName',
    mint: (context) => leaf(context, andDialled(context, { subject: NO_SUBJECT, names: [dns(context.domain)] })),
  },
  {
    ...honest,
    /** RFC 9525, section 7.5: a certificate may hold many DNS-IDs, and any that matches will do. */
    name: 'valid-among-1000',
    title: 'A good certificate in which the domain is the last of 1,000 DNS-IDs',
    mint: (context) => leaf(context, andDialled(context, lastOf(1_000, context))),
  },
  {
    ...honest,
    /** Larger than some take: Java has 32 KiB for a handshake message, Go 64. That tells nothing of their safety. */
    name: 'valid-among-10000',
    title: 'A good certificate in which the domain is the last of 10,000 DNS-IDs',
    mint: (context) => leaf(context, andDialled(context, lastOf(10_000, context))),
  },
  {
    ...honest,
    name: 'valid-second-domain',
    coversSecond: true,
    title: 'A good certificate for the domain and for a second one that the same host serves',
    mint: (context) => leaf(context, andDialled(context, naming(context.domain, context.second))),
  },
  {
    ...honest,
    name: 'valid-rsa-2048',
    title: 'A good certificate for an RSA key of 2048 bits',
    /** RFC 9325, section 4.5: 2048 bits at least. Key encipherment is for the suites without forward secrecy. */
    mint: async (context) =>
      leaf(context, { key: await rsaKey(context.authority, 2048), usages: ['digitalSignature', 'keyEncipherment'] }),
  },
  {
    ...honest,
    /** RFC 9525, section 6.3: labels are compared without regard to case. */
    name: 'valid-case',
    title: 'A good certificate whose DNS-ID mixes upper and lower case',
    aboutNames: true,
    mint: (context) => leaf(context, andDialled(context, naming(mixedCase(context.domain)))),
  },
  {
    ...honest,
    name: 'valid-intermediate',
    title: 'A good certificate below an intermediate CA, which is sent too',
    needs: 'intermediate',
    mint: (context) => {
      const issuer = intermediate(context.authority, 'good');
      return leaf(context, { issuer }, [issuer.der]);
    },
  },
  {
    ...honest,
    /** RFC 9525, section 6.3; RFC 6120, section 13.7.1.2.1 allows it in server certificates. */
    name: 'valid-wildcard',
    title: 'A good certificate for all names one label below the parent domain',
    aboutNames: true,
    needs: 'wildcard',
    mint: (context) => leaf(context, andDialled(context, naming(`*.${parentOf(context.domain)}`))),
  },
  {
    ...honest,
    /** RFC 6120, section 13.7.1.2.1: a client supports the SRV-ID; issuers should use both. */
    name: 'valid-srv-id-and-dns-id',
    title: 'A good certificate with the SRV-ID of the service and the DNS-ID',
    mint: (context) => {
      const { subject, names } = naming(context.domain);
      return leaf(
        context,
        andDialled(context, { subject, names: [srv(`${context.service}.${context.domain}`), ...names] }),
      );
    },
  },
  {
    ...honest,
    /** RFC 6120, section 13.7.1.2.1 requires support. Most clients have none, so this tells nothing of their safety. */
    name: 'valid-srv-id-only',
    title: 'A good certificate with the SRV-ID of the service only',
    aboutNames: true,
    needs: 'srv-id',
    // Both compare nothing but DNS-IDs.
    otherwise: { openssl: 'refuses', gnutls: 'refuses' },
    mint: (context) => leaf(context, andDialled(context, namingOnly(srv(`${context.service}.${context.domain}`)))),
  },
  {
    ...honest,
    /** RFC 6120, section 13.7.1.2.1 encourages clients to support it for the sake of the past, and CAs not to issue it. */
    name: 'valid-xmppaddr-only',
    title: 'A good certificate with the domain as XmppAddr only',
    aboutNames: true,
    needs: 'xmpp-addr',
    // As above.
    otherwise: { openssl: 'refuses', gnutls: 'refuses' },
    mint: (context) => leaf(context, andDialled(context, namingOnly(xmppAddress(context.domain)))),
  },
  {
    ...honest,
    /** Design, section 6: the control for a client that verifies what it dialled. */
    name: 'valid-dialled-address',
    title: 'A good certificate for the domain that also names the dialled address',
    mint: (context) => {
      const { subject, names } = naming(context.domain);
      return leaf(context, { subject, names: [...names, ...reachedBy(context).map(address)] });
    },
  },
];

const lastOf = (count: number, { authority, domain }: MintContext): Naming =>
  namingOnly(...crowd(authority, count - 1), dns(domain));

const mixedCase = (domain: string) =>
  [...domain].map((letter, index) => (index % 2 === 0 ? letter.toUpperCase() : letter)).join('');
