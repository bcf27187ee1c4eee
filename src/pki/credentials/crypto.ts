/**
 * Keys and signatures that are too weak, from the trusted CA and right in all else. RFC 9325, section 4.5: RSA of 2048 bits,
 * curves of 224, neither SHA-1 nor MD5. How bad each is depends on the scenario, so all are `weak` peers.
 *
 * MD2 and MD4 are left out: no client's library can compute them any more, so that nobody could be found to accept them.
 */
import type { KeyObject } from 'node:crypto';
import { type Authority, intermediate } from '../authority.ts';
import type { CertificateFields, KeyUsage } from '../certificate.ts';
import { dsaKey, ecKey, oneKey, rsaKey } from '../keys.ts';
import { below, type CredentialRow, leaf, type MintContext, weakly } from './row.ts';

const row = (
  name: string,
  title: string,
  mint: CredentialRow['mint'],
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({ name, title, defect: 'key', peer: 'weak', twin: 'valid', mint, ...rest });

const rsa = { twin: 'valid-rsa-2048' };
const above = { twin: 'valid-intermediate', needs: 'intermediate' } as const;
const aboveRsa = { ...above, twin: 'valid-rsa-intermediate' } as const;

/** Key encipherment is for the suites without forward secrecy. */
const RSA_USAGES: KeyUsage[] = ['digitalSignature', 'keyEncipherment'];
const RSA_LEAF = { usages: RSA_USAGES };

export const cryptoCredentials: CredentialRow[] = [
  row('rsa-512', 'A certificate for an RSA key of 512 bits', (context) => rsaLeaf(context, 512), rsa),
  row('rsa-768', 'A certificate for an RSA key of 768 bits', (context) => rsaLeaf(context, 768), rsa),
  row('rsa-1024', 'A certificate for an RSA key of 1024 bits', (context) => rsaLeaf(context, 1024), rsa),
  // OpenSSL counts it as worth 112 bits of security, like 2048 bits, and GnuTLS compares the length.
  row('rsa-2047', 'A certificate for an RSA key of 2047 bits', (context) => rsaLeaf(context, 2047), {
    ...rsa,
    otherwise: { openssl: 'accepts' },
  }),
  // RFC 8017, section 3.1: e is at least 3. Neither command looks at it.
  row(
    'rsa-exponent-1',
    'A certificate for an RSA key with the public exponent 1',
    async (context) => weakly(leaf(context, { key: await oneKey(context.authority), ...RSA_LEAF })),
    { ...rsa, otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  // Allowed by RFC 8017, though not by those who remember Bleichenbacher's forgeries of 2006.
  row(
    'rsa-exponent-3',
    'A certificate for an RSA key with the public exponent 3',
    async (context) => leaf(context, { key: await rsaKey(context.authority, 2048, 3), ...RSA_LEAF }),
    { ...rsa, otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  row(
    'rsa-1024-intermediate',
    'A certificate below an intermediate CA with an RSA key of 1024 bits',
    async (context) => weakly(belowRsa(context, '1024', await rsaKey(context.authority, 1024))),
    aboveRsa,
  ),
  row('p-192', 'A certificate for a key on the curve P-192', async (context) => {
    return weakly(leaf(context, { key: await ecKey('P-192') }), 'TLSv1.2');
  }),
  // RFC 9325, section 4.5 forbids only what is below.
  row(
    'p-224',
    'A certificate for a key on the curve P-224',
    async (context) => weakly(leaf(context, { key: await ecKey('P-224') }), 'TLSv1.2'),
    { otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  // RFC 5480, section 2.1.1: the curve is named. Whoever takes parameters of the attacker's choice may take a generator
  // of its choice, too (CVE-2020-0601).
  row('explicit-curve', 'A certificate for a key on P-256 whose parameters are written out', async (context) =>
    weakly(leaf(context, { key: await ecKey('P-256', 'explicit') })),
  ),
  // Neither command minds DSA of 2048 bits; what has no place for it is TLS 1.3 and the suites of RFC 9325.
  row(
    'dsa',
    'A certificate for a DSA key',
    async (context) => weakly(leaf(context, { key: await dsaKey(context.authority) }), 'TLSv1.2'),
    { otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  // ECDSA has none with MD5: RFC 6151, section 2.
  row(
    'md5-signature',
    'A certificate with an MD5 signature',
    async (context) => weakly(belowRsa(context, '2048', await rsaKey(context.authority, 2048), { hash: 'md5' })),
    aboveRsa,
  ),
  row('sha1-signature', 'A certificate with a SHA-1 signature', (context) => weakly(leaf(context, { hash: 'sha1' }))),
  row(
    'sha1-intermediate',
    'A certificate below an intermediate CA with a SHA-1 signature',
    (context) => weakly(below(context, intermediate(context.authority, 'sha-1', { hash: 'sha1' }))),
    above,
  ),
];

async function rsaLeaf(context: MintContext, bits: number) {
  const key = await rsaKey(context.authority, bits);
  // RSASSA-PSS with SHA-256, which is all that TLS 1.3 has, does not fit into 512 bits.
  return weakly(leaf(context, { key, ...RSA_LEAF }), bits < 768 ? 'TLSv1.2' : undefined);
}

/** Below an intermediate CA with an RSA key. */
export const belowRsa = (
  context: MintContext,
  label: string,
  key: KeyObject,
  fields: Partial<CertificateFields> = {},
) => below(context, rsaIntermediate(context.authority, label, key), fields);

const rsaIntermediate = (authority: Authority, label: string, key: KeyObject) =>
  intermediate(authority, `rsa ${label}`, { key });
