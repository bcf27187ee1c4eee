/** Credentials that nothing is wrong with, for all that they are unusual: a client that refuses one refuses real servers. */
import { unknownRoot } from '../authority.ts';
import { DAY } from '../certificate.ts';
import { integer, signedInteger } from '../der.ts';
import { unknownExtension } from '../extensions.ts';
import { ecKey, ed25519Key, pssKey, rsaKey } from '../keys.ts';
import { belowRsa } from './crypto.ts';
import { type CredentialRow, goodValidity, leaf } from './row.ts';

const row = (
  name: string,
  title: string,
  mint: CredentialRow['mint'],
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({ name, title, defect: null, peer: 'honest', twin: null, mint, ...rest });

export const unusualCredentials: CredentialRow[] = [
  row('valid-rsa-4096', 'A good certificate for an RSA key of 4096 bits', async (context) => {
    const key = await rsaKey(context.authority, 4096);
    return leaf(context, { key, usages: ['digitalSignature', 'keyEncipherment'] });
  }),
  row('valid-p-384', 'A good certificate for a key on the curve P-384', async (context) =>
    leaf(context, { key: await ecKey('P-384') }),
  ),
  row('valid-ed25519', 'A good certificate for an Ed25519 key', async (context) =>
    leaf(context, { key: await ed25519Key() }),
  ),
  row('valid-rsa-pss', 'A good certificate for an RSA key that signs with RSASSA-PSS only', async (context) =>
    leaf(context, { key: await pssKey(context.authority) }),
  ),
  row('valid-sha384', 'A good certificate with a SHA-384 signature', (context) => leaf(context, { hash: 'sha384' })),
  row(
    'valid-rsa-intermediate',
    'A good certificate below an intermediate CA with an RSA key of 2048 bits',
    async (context) => belowRsa(context, '2048', await rsaKey(context.authority, 2048)),
    { needs: 'intermediate' },
  ),
  row('valid-no-eku', 'A good certificate without extended key usage', (context) => leaf(context, { purposes: [] })),
  row('valid-eku-both', 'A good certificate for TLS servers and clients', (context) =>
    leaf(context, { purposes: ['serverAuth', 'clientAuth'] }),
  ),
  row('valid-no-key-usage', 'A good certificate without key usage', (context) => leaf(context, { usages: [] })),
  // RFC 5280, section 4.2: may be ignored.
  row('valid-unknown-extension', 'A good certificate with an extension that nobody knows', (context) =>
    leaf(context, { extensions: [unknownExtension(false)] }),
  ),
  row('valid-just-issued', 'A good certificate that became valid this second', (context) =>
    leaf(context, { validity: { ...goodValidity(), notBefore: new Date() } }),
  ),
  // The 398 days are a rule of web browsers for public CAs.
  row('valid-ten-years', 'A good certificate that is valid for ten years', (context) =>
    leaf(context, { validity: { ...goodValidity(), notAfter: new Date(Date.now() + 3650 * DAY) } }),
  ),
  // RFC 8446, section 4.4.2: what is not needed is to be ignored.
  row('valid-extra-certificates', 'A good certificate with the trusted CA and an unrelated one behind it', (context) =>
    leaf(context, {}, [unknownRoot(context.authority).der, context.authority.root.der]),
  ),
  // RFC 5280, section 4.1.2.2: no CA should, and clients should handle it gracefully.
  row('valid-serial-zero', 'A good certificate but for the serial number 0', (context) =>
    leaf(context, { serial: integer(0) }),
  ),
  row('valid-serial-negative', 'A good certificate but for a negative serial number', (context) =>
    leaf(context, { serial: signedInteger(Buffer.from('8badf00d8badf00d', 'hex')) }),
  ),
];
