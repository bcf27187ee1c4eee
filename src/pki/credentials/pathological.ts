/**
 * Chains that lead nowhere, and take long to find that out: to build paths is exponential for whoever tries them all. Nothing
 * of them is trusted, and a client has to say so within its limit (RFC 6120, section 13.7.2).
 */
import { type Authority, authorityName, authorityValidity, intermediate, newKey, unknownRoot } from '../authority.ts';
import { certificate, type Issuer, issuerOf } from '../certificate.ts';
import { octetString } from '../der.ts';
import { extension, nameConstraints } from '../extensions.ts';
import { distinguishedName, dns } from '../names.ts';
import { andDialled, below, type CredentialRow, leaf, naming } from './row.ts';

const lost = { defect: 'chain', peer: 'untrusted', twin: 'valid' } as const;

const DEEP = 120;
const LEVELS = 12;
const WIDTH = 8;
const PADDING = { certificates: 10, octets: 100_000 };
const NAMES = 1_000;

export const pathologicalCredentials: CredentialRow[] = [
  {
    ...lost,
    name: 'cyclic-chain',
    title: 'A certificate below two CAs that vouch for each other',
    mint: (context) => {
      const [first, second] = context.authority.once('cycle', cycle);
      return leaf(context, { issuer: first }, [first.der, second.der]);
    },
  },
  {
    ...lost,
    name: 'deep-chain',
    title: `A certificate below ${DEEP} CAs, the last of which is unknown`,
    mint: (context) => {
      const chain = context.authority.once('deep', () => deep(context.authority));
      return leaf(
        context,
        { issuer: chain[0] as Issuer },
        chain.map(({ der }) => der),
      );
    },
  },
  {
    ...lost,
    name: 'cross-signed-maze',
    title: `A certificate below ${LEVELS * WIDTH} CAs with ${WIDTH} ways up from each, of which none arrives`,
    mint: (context) => {
      const { bottom, all } = context.authority.once('maze', maze);
      return leaf(context, { issuer: bottom }, all);
    },
  },
  {
    ...lost,
    name: 'huge-chain',
    title: 'A certificate from an unknown CA, with 1 MB of other certificates',
    mint: (context) => {
      const issuer = unknownRoot(context.authority);
      return leaf(context, { issuer }, [issuer.der, ...context.authority.once('padding', padding)]);
    },
  },
  {
    ...lost,
    /** RFC 5280, section 4.2.1.10: each name against each constraint, and the last of them excludes the domain. */
    name: 'name-constraints-explosion',
    title: `A certificate with ${NAMES} names below a CA that excludes ${NAMES} others, and the domain`,
    twin: 'valid-name-constraints',
    needs: 'intermediate',
    mint: (context) => {
      const { authority, domain } = context;
      const names = Array.from({ length: NAMES }, (_, index) => `n${index}.${domain}`);
      const excluded = [...names.map((name) => `not.${name}`), domain].map(dns);
      const issuer = intermediate(authority, `explosion ${domain}`, { extensions: [nameConstraints([], excluded)] });
      return below(context, issuer, andDialled(context, naming(domain, ...names)));
    },
  },
];

function cycle(): [Issuer, Issuer] {
  const [one, two] = [newAuthority(), newAuthority()];
  return [signedBy(one, two), signedBy(two, one)];
}

/** From the lowest to the one below the unknown root. */
function deep(authority: Authority): Issuer[] {
  const chain: Issuer[] = [];
  for (let issuer = unknownRoot(authority); chain.length < DEEP; issuer = chain[0] as Issuer)
    chain.unshift(signedBy(newAuthority(), issuer));
  return chain;
}

/** On each level one CA with several certificates from the CA above, so that each signature that is tried holds. */
function maze(): { bottom: Issuer; all: Buffer[] } {
  const levels = Array.from({ length: LEVELS + 1 }, () => newAuthority());
  const all: Buffer[] = [];
  for (const [level, issuer] of levels.slice(1).entries()) {
    for (let way = 0; way < WIDTH; way += 1) all.push(signedBy(levels[level] as Issuer, issuer).der);
  }
  return { bottom: levels[0] as Issuer, all };
}

function padding(): Buffer[] {
  const fill = extension('1.3.6.1.4.1.32473.2', false, octetString(Buffer.alloc(PADDING.octets)));
  return Array.from({ length: PADDING.certificates }, () => newAuthority([fill]).der);
}

function newAuthority(extensions: Buffer[] = []): Issuer {
  const key = newKey();
  const subject = distinguishedName(authorityName('lost CA'));
  return issuerOf(certificate({ subject, key, validity: authorityValidity(), ca: true, extensions }), key);
}

/** The same name and key, vouched for by another. */
const signedBy = ({ name, key }: Issuer, issuer: Issuer): Issuer =>
  issuerOf(certificate({ subject: name, key, issuer, validity: authorityValidity(), ca: true }), key);
