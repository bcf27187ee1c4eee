/**
 * Certificates that their domain speaks for, or against, by DANE (RFC 6698, RFC 7673) or POSH. Whether it does is not in the
 * certificate: `proved` says that the scenario has it do so. OpenSSL and GnuTLS know nothing of that, and refuse them.
 */
import { newKey, unknownRoot } from '../authority.ts';
import { certificate, DAY } from '../certificate.ts';
import { address } from '../names.ts';
import { STRANGER } from './domains.ts';
import {
  andDialled,
  below,
  type CredentialRow,
  goodValidity,
  issued,
  leaf,
  type MintContext,
  type Naming,
  naming,
  reachedBy,
  rightNames,
} from './row.ts';

const proved = {
  defect: null,
  peer: 'honest',
  twin: null,
  otherwise: { openssl: 'refuses', gnutls: 'refuses' },
} as const;
const broken = { peer: 'untrusted', twin: 'private-ca-proved' } as const;

/**
 * Of the domain and of the host that DNS has made of it: both count where the SRV record is signed (RFC 7673, section 4.1), and a server
 * that looks for the one or the other finds nothing else wrong with it.
 */
const bothNames = (context: MintContext): Naming => {
  const { subject, names } = rightNames(context);
  return { subject, names: [...names, ...reachedBy(context).slice(0, 1).map(address)] };
};

const longAgo = () => ({ notBefore: new Date(Date.now() - 120 * DAY), notAfter: new Date(Date.now() - 30 * DAY) });

export const vouchedCredentials: CredentialRow[] = [
  {
    ...proved,
    /** RFC 7671, section 5.1: neither its names nor its dates count. */
    name: 'stranger-expired-proved',
    title:
      'A self-signed certificate for another name, which has expired, and whose key the domain vouches for (DANE-EE)',
    mint: (context) => {
      const key = newKey();
      const names = andDialled(context, naming(`wrong.${STRANGER}`));
      return issued(key, [certificate({ ...names, key, validity: longAgo() })]);
    },
  },
  {
    ...proved,
    name: 'private-ca-proved',
    title: 'A certificate from a CA of the domain, which it vouches for (DANE-TA); the CA is sent too',
    mint: (context) => below(context, unknownRoot(context.authority), bothNames(context)),
  },
  {
    ...proved,
    /** RFC 7673, section 4.1: the host is one of the reference identifiers then. */
    name: 'target-name-proved',
    title: 'A certificate from the trusted CA for the host that a signed SRV record leads to',
    mint: (context) => {
      const [host = ''] = reachedBy(context);
      return leaf(context, andDialled(context, naming(host)));
    },
  },
  {
    name: 'valid-host-too',
    title: 'A good certificate for the domain and for the host that DNS leads to',
    defect: null,
    peer: 'honest',
    twin: null,
    mint: (context) => leaf(context, bothNames(context)),
  },
  {
    /** RFC 6698, section 4.1: where a usable record is there, and none matches, the CA's word is not enough. */
    name: 'misissued',
    title: 'A good certificate from the trusted CA, for a key that the domain does not vouch for (DANE)',
    defect: 'chain',
    peer: 'weak',
    twin: 'valid',
    otherwise: { openssl: 'accepts', gnutls: 'accepts' },
    mint: (context) => leaf(context, bothNames(context)),
  },
  {
    ...broken,
    /** RFC 7671, section 5.2: names count with DANE-TA. */
    name: 'private-ca-wrong-name',
    title: 'A certificate for another name from a CA that the domain vouches for (DANE-TA)',
    defect: 'name',
    mint: (context) => below(context, unknownRoot(context.authority), naming(`wrong.${STRANGER}`)),
  },
  {
    ...broken,
    name: 'private-ca-expired',
    title: 'A certificate that has expired, from a CA that the domain vouches for (DANE-TA)',
    defect: 'time',
    mint: (context) => below(context, unknownRoot(context.authority), { ...bothNames(context), validity: longAgo() }),
  },
  {
    ...broken,
    /** RFC 6698, section 2.1.1: the path has to end there, and not just the message. */
    name: 'private-ca-not-issuer',
    title: 'A self-signed certificate, and behind it the certificate of a CA that the domain vouches for (DANE-TA)',
    defect: 'chain',
    mint: (context) => {
      const key = newKey();
      const own = certificate({ ...bothNames(context), key, validity: goodValidity() });
      return issued(key, [own, unknownRoot(context.authority).der]);
    },
  },
];
