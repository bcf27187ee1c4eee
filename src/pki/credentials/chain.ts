/**
 * Certificates for the right name that nobody trusted has vouched for: RFC 5280, section 6, and RFC 6120, section 13.7.2:
 * a client checks the path before anything else.
 */
import { intermediate, newKey, selfSignedAuthority, unknownRoot } from '../authority.ts';
import { certificate, DAY, type KeyUsage } from '../certificate.ts';
import { STRANGER } from './domains.ts';
import { type CredentialRow, goodValidity, issued, leaf, type MintContext, naming, rightNames } from './row.ts';

const broken = { defect: 'chain', peer: 'untrusted', twin: 'valid' } as const;
const brokenAbove = { ...broken, twin: 'valid-intermediate', needs: 'intermediate' } as const;

export const chainCredentials: CredentialRow[] = [
  {
    ...broken,
    name: 'self-signed',
    title: 'A self-signed certificate',
    mint: (context) => selfSigned(context, false),
  },
  {
    name: 'self-signed-proved',
    title: 'A self-signed certificate that the domain vouches for in another way (DANE, POSH)',
    defect: null,
    peer: 'honest',
    twin: null,
    // They know nothing of it.
    otherwise: { openssl: 'refuses', gnutls: 'refuses' },
    mint: (context) => selfSigned(context, false),
  },
  {
    name: 'self-signed-doubtful',
    title: 'A self-signed certificate for which the domain vouches no more',
    defect: 'chain',
    peer: 'weak',
    twin: 'self-signed-proved',
    mint: (context) => selfSigned(context, false),
  },
  {
    ...broken,
    name: 'self-signed-ca',
    title: 'A self-signed certificate that says of itself that it is a CA',
    mint: (context) => selfSigned(context, true),
  },
  {
    ...broken,
    name: 'unknown-ca',
    title: 'A certificate from a CA that is not trusted; the CA is sent too',
    mint: (context) => {
      const issuer = unknownRoot(context.authority);
      return leaf(context, { issuer }, [issuer.der]);
    },
  },
  {
    ...broken,
    /** RFC 5280, section 6.1.3 (a) (1): the signature counts, not the issuer's name. */
    name: 'same-name-ca',
    title: 'A certificate from a CA that only has the same name as the trusted one; it is sent too',
    mint: (context) => {
      const { authority } = context;
      const issuer = authority.once('same-name', () => selfSignedAuthority(authority.root.name));
      return leaf(context, { issuer }, [issuer.der]);
    },
  },
  {
    ...broken,
    /** RFC 5280, section 6.1.3 (a) (1). */
    name: 'bad-signature',
    title: 'A certificate that claims to be from the trusted CA, but is signed with another key',
    mint: (context) => leaf(context, { issuer: { ...context.authority.root, key: newKey() } }),
  },
  {
    ...brokenAbove,
    /** RFC 8446, section 4.4.2: the server sends the chain. There is no address in it to fetch what is missing. */
    name: 'missing-intermediate',
    title: 'A certificate below an intermediate CA that is not sent',
    mint: (context) => leaf(context, { issuer: intermediate(context.authority, 'missing') }),
  },
  {
    ...brokenAbove,
    defect: 'time',
    /** RFC 5280, section 6.1.3 (a) (2) holds for each certificate of the path. */
    name: 'intermediate-expired',
    title: 'A certificate below an intermediate CA that expired 30 days ago',
    mint: (context) => {
      const validity = { notBefore: new Date(Date.now() - 400 * DAY), notAfter: new Date(Date.now() - 30 * DAY) };
      const issuer = intermediate(context.authority, 'expired', { validity });
      return leaf(context, { issuer }, [issuer.der]);
    },
  },
  {
    ...brokenAbove,
    /** RFC 5280, section 6.1.4 (k): without cA it must not be used to verify signatures on certificates. */
    name: 'intermediate-not-ca',
    title: 'A certificate below one whose basic constraints say that it is no CA',
    mint: (context) => {
      const issuer = intermediate(context.authority, 'not-ca', {
        ca: false,
        usages: ['keyCertSign', 'cRLSign'],
        purposes: [],
      });
      return leaf(context, { issuer }, [issuer.der]);
    },
  },
  {
    ...brokenAbove,
    /** RFC 5280, section 6.1.4 (k) and (n). Whoever owns any domain could vouch for all others (CVE-2002-0862). */
    name: 'leaf-as-ca',
    title: "A certificate signed by the owner of another domain, with that domain's certificate",
    mint: (context) => {
      const { authority } = context;
      const issuer = intermediate(authority, 'leaf', {
        ...naming(`shop.${STRANGER}`),
        ca: false,
        validity: goodValidity(),
      });
      return leaf(context, { issuer }, [issuer.der]);
    },
  },
];

function selfSigned(context: MintContext, ca: boolean) {
  const key = newKey();
  const leafFields = { ...rightNames(context), key, validity: goodValidity() };
  if (!ca) return issued(key, [certificate(leafFields)]);
  const usages: KeyUsage[] = ['digitalSignature', 'keyCertSign', 'cRLSign'];
  return issued(key, [certificate({ ...leafFields, ca, usages, purposes: ['serverAuth'] })]);
}
