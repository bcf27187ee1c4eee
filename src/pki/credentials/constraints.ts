/**
 * Chains from the trusted CA in which somebody does what the CA above does not allow: RFC 5280, section 6.1.4. Whoever holds a
 * restricted CA (a company's, a customer's) would be a CA for everything.
 */
import { isIP } from 'node:net';
import { type Authority, intermediate, unknownRoot } from '../authority.ts';
import { type CertificateFields, certificate, DAY } from '../certificate.ts';
import { nameConstraints, unknownExtension } from '../extensions.ts';
import { address, distinguishedName, dns, type GeneralName, srv } from '../names.ts';
import { parentOf, STRANGER } from './domains.ts';
import { andDialled, below, type CredentialRow, leaf, type MintContext, rightNames } from './row.ts';

const broken = { defect: 'chain', peer: 'untrusted', twin: 'valid-intermediate', needs: 'intermediate' } as const;
const good = { defect: null, peer: 'honest', twin: null, needs: 'intermediate' } as const;

/** Below an intermediate CA that is as good as any but for `flaw`. */
const flawed = (
  name: string,
  title: string,
  flaw: Partial<CertificateFields>,
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({
  ...broken,
  name,
  title,
  mint: (context) => below(context, intermediate(context.authority, name, flaw)),
  ...rest,
});

/** Below an intermediate CA for the names that `limits` allows. */
const constrained = (
  name: string,
  title: string,
  limits: (context: MintContext) => Buffer,
  rest: Partial<CredentialRow> = {},
  fields: (context: MintContext) => Partial<CertificateFields> = () => ({}),
): CredentialRow => ({
  ...broken,
  twin: 'valid-name-constraints',
  name,
  title,
  mint: (context) => {
    const { authority, domain, dialled } = context;
    const flaw = { extensions: [limits(context)] };
    return below(context, intermediate(authority, `${name} ${[domain, ...dialled].join()}`, flaw), fields(context));
  },
  ...rest,
});

export const constraintCredentials: CredentialRow[] = [
  // Section 6.1.4 (k).
  flawed('intermediate-no-constraints', 'A certificate below one that does not say whether it is a CA', {
    withBasicConstraints: false,
  }),
  // Section 6.1.4 (k): version 1 cannot say so. GnuTLS accepts such CAs only as trust anchors.
  flawed('intermediate-version-1', 'A certificate below one of version 1, which cannot say that it is a CA', {
    version: 1,
  }),
  // Section 6.1.4 (n).
  flawed('intermediate-no-cert-sign', 'A certificate below a CA whose key is not for signing certificates', {
    usages: ['cRLSign'],
  }),
  // Section 4.2.
  flawed('intermediate-critical-unknown', 'A certificate below a CA with a critical extension that nobody knows', {
    extensions: [unknownExtension(true)],
  }),
  {
    ...broken,
    /** Section 6.1.4 (l) and (m). */
    name: 'path-too-long',
    title: 'A certificate below a CA below one that allows no further CA',
    twin: 'valid-path-length',
    mint: (context) => twoBelow(context, 0),
  },
  {
    ...broken,
    /** Section 6.1.3 (a) (1) holds for each certificate of the path. */
    name: 'intermediate-bad-signature',
    title: 'A certificate below a CA that claims to be from the trusted one, but is signed with another key',
    mint: (context) => {
      const { authority } = context;
      const { key } = intermediate(authority, 'not the issuer');
      return below(context, intermediate(authority, 'bad-signature', { issuer: { ...authority.root, key } }));
    },
  },
  constrained('name-constraints-permitted', 'A certificate below a CA for names of another domain only', (context) =>
    nameConstraints(permitting(context, STRANGER)),
  ),
  constrained('name-constraints-excluded', 'A certificate below a CA for all names but this domain', ({ domain }) =>
    nameConstraints([], [dns(domain)]),
  ),
  // RFC 4985, section 4, and section 4.2.1.10: who cannot process the constraint rejects the certificate. GnuTLS 3.7 reads
  // over constraints of kinds that it does not know.
  constrained(
    'name-constraints-srv',
    'A certificate with an SRV-ID below a CA for SRV-IDs of another domain only',
    () => nameConstraints([srv(STRANGER)]),
    { otherwise: { gnutls: 'accepts' } },
    (context) => {
      const { subject, names } = rightNames(context);
      return { subject, names: [...names, srv(`${context.service}.${context.domain}`)] };
    },
  ),
  // A dNSName constraint binds no common name (section 4.2.1.10), so taking it for one goes past the constraint.
  constrained(
    'name-constraints-common-name',
    'A certificate with the domain as common name and no subjectAltName, below a CA for names of another domain only',
    (context) => nameConstraints(permitting(context, STRANGER)),
    { peer: 'weak' },
    (context) => andDialled(context, { subject: distinguishedName(context.domain), names: [] }),
  ),

  {
    ...good,
    name: 'valid-three-intermediates',
    title: 'A good certificate below three intermediate CAs, which are sent too',
    mint: (context) => {
      const { authority } = context;
      const highest = intermediate(authority, 'high');
      const middle = intermediate(authority, 'middle', { issuer: highest });
      return below(context, intermediate(authority, 'low', { issuer: middle }), {}, [middle.der, highest.der]);
    },
  },
  {
    ...good,
    name: 'valid-path-length',
    title: 'A good certificate below a CA below one that allows exactly one further CA',
    mint: (context) => twoBelow(context, 1),
  },
  constrained(
    'valid-name-constraints',
    'A good certificate below a CA for names of its parent domain only',
    (context) => nameConstraints(permitting(context, parentOf(context.domain))),
    { ...good },
  ),
  {
    ...good,
    /** As when AddTrust expired in 2020: the path by way of the trusted CA itself holds. */
    name: 'valid-cross-signed',
    title: 'A good certificate with an expired certificate of the trusted CA from another CA in its chain',
    mint: (context) => {
      const { authority } = context;
      return below(context, intermediate(authority, 'cross-signed'), {}, [
        authority.once('cross', () => crossSigned(authority)),
      ]);
    },
  },
  {
    ...good,
    /** RFC 8446, section 4.4.2: clients should be prepared for any order above the leaf. */
    name: 'valid-unordered-chain',
    title: 'A good certificate below three intermediate CAs, which are sent in the wrong order',
    mint: (context) => {
      const { authority } = context;
      const highest = intermediate(authority, 'high');
      const middle = intermediate(authority, 'middle', { issuer: highest });
      const issuer = intermediate(authority, 'low', { issuer: middle });
      return leaf(context, { issuer }, [highest.der, middle.der, issuer.der]);
    },
  },
];

function twoBelow(context: MintContext, pathLength: number) {
  const { authority } = context;
  const upper = intermediate(authority, `path length ${pathLength}`, { pathLength });
  const lower = intermediate(authority, `below ${pathLength}`, { issuer: upper, pathLength: 0 });
  return below(context, lower, {}, [upper.der]);
}

/** The dialled names too, where the client looks for them: they are not what is wrong. A literal is not a dNSName. */
const permitting = ({ dialled }: MintContext, ...names: string[]): GeneralName[] => [
  ...names.map(dns),
  ...dialled.filter((host) => isIP(host) === 0).map(address),
];

/** The trusted CA's name and key in a certificate of another CA, which expired 30 days ago. */
function crossSigned(authority: Authority): Buffer {
  const { root } = authority;
  const issuer = unknownRoot(authority);
  const validity = { notBefore: new Date(Date.now() - 400 * DAY), notAfter: new Date(Date.now() - 30 * DAY) };
  return certificate({ subject: root.name, key: root.key, issuer, validity, ca: true });
}
