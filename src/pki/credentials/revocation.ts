/**
 * Staples that say, or prove, that the certificate no longer holds (RFC 6066, section 8; RFC 6960). A client whose ClientHello
 * has no status_request gets none, and cannot be attacked by one. Neither command that proves the table looks at staples
 * (`openssl verify` and `certtool` take none), so both accept what only the staple is wrong with.
 */
import { randomBytes } from 'node:crypto';
import { unknownRoot } from '../authority.ts';
import { DAY, HOUR } from '../certificate.ts';
import { mustStaple } from '../extensions.ts';
import { ocspResponse, otherSerial, type StapleFields } from '../ocsp.ts';
import { type CredentialRow, type Issued, leaf, type MintContext } from './row.ts';

const about = { aboutStaple: true } as const;
const good = { ...about, defect: null, peer: 'honest', twin: null } as const;
const bad = {
  ...about,
  defect: 'revocation',
  peer: 'weak',
  twin: 'valid-staple',
  otherwise: { openssl: 'accepts', gnutls: 'accepts' },
} as const;

export const revocationCredentials: CredentialRow[] = [
  {
    ...good,
    name: 'valid-staple',
    title: 'A good certificate with an OCSP response that says so',
    mint: (context) => stapled(context, leaf(context)),
  },
  {
    ...good,
    name: 'valid-must-staple',
    title: 'A good certificate that demands a staple, with it',
    mint: (context) => stapled(context, leaf(context, { extensions: [mustStaple()] })),
  },
  {
    ...bad,
    name: 'staple-revoked',
    title: 'A certificate with an OCSP response that says that it is revoked',
    mint: (context) => stapled(context, leaf(context), { status: 'revoked' }),
  },
  {
    ...bad,
    /** RFC 6960, section 4.2.2.1: after nextUpdate it is not reliable. Otherwise a good one could be kept for ever. */
    name: 'staple-expired',
    title: 'A certificate with an OCSP response that expired 30 days ago',
    mint: (context) =>
      stapled(context, leaf(context), {
        thisUpdate: new Date(Date.now() - 37 * DAY),
        nextUpdate: new Date(Date.now() - 30 * DAY),
      }),
  },
  {
    ...bad,
    /** RFC 6960, section 3.2, clauses 2 and 3. */
    name: 'staple-wrong-signer',
    title: 'A certificate with an OCSP response that a stranger has signed',
    mint: (context) => stapled(context, leaf(context), { signer: unknownRoot(context.authority) }),
  },
  {
    ...bad,
    /** RFC 6960, section 3.2, clause 1: it has to be about the certificate in question. */
    name: 'staple-other-serial',
    title: 'A certificate with a good OCSP response for another certificate',
    mint: (context) => stapled(context, leaf(context), { serial: otherSerial() }),
  },
  {
    ...bad,
    name: 'staple-garbage',
    title: 'A certificate with a staple that is no OCSP response',
    mint: (context) => withStaple(leaf(context), randomBytes(256)),
  },
  {
    ...bad,
    /** RFC 7633, section 4. */
    name: 'must-staple-without',
    title: 'A certificate that demands a staple, without it',
    twin: 'valid-must-staple',
    mint: (context) => leaf(context, { extensions: [mustStaple()] }),
  },
];

function stapled({ authority }: MintContext, made: Issued, fields: Partial<StapleFields> = {}): Issued {
  const { leafDer } = made;
  const thisUpdate = new Date(Date.now() - HOUR);
  const nextUpdate = new Date(Date.now() + 7 * DAY);
  const right = { leafDer, issuer: authority.root, status: 'good', thisUpdate, nextUpdate } as const;
  return withStaple(made, ocspResponse({ ...right, ...fields }));
}

const withStaple = (made: Issued, staple: Buffer): Issued => ({ ...made, staple });
