/** Certificates made for something else. RFC 5280, section 4.2.1.12: only for one of the purposes that it names. */
import { intermediate } from '../authority.ts';
import type { Purpose } from '../certificate.ts';
import { unknownExtension } from '../extensions.ts';
import { rsaKey } from '../keys.ts';
import { below, type CredentialRow, leaf } from './row.ts';

const wrong = { defect: 'purpose', peer: 'untrusted', twin: 'valid' } as const;

const row = (name: string, title: string, purpose: Purpose): CredentialRow => ({
  ...wrong,
  name,
  title,
  mint: (context) => leaf(context, { purposes: [purpose] }),
});

export const purposeCredentials: CredentialRow[] = [
  row('wrong-eku-client', 'A certificate for TLS clients only', 'clientAuth'),
  row('wrong-eku-code-signing', 'A certificate for signing code only', 'codeSigning'),
  row('wrong-eku-email', 'A certificate for e-mail only', 'emailProtection'),
  {
    ...wrong,
    /** RFC 5280 has no word on it: by the practice of CAs and of all libraries an intermediate's purposes bind what is below. */
    name: 'intermediate-wrong-eku',
    title: 'A certificate below a CA for TLS clients only',
    peer: 'weak',
    twin: 'valid-intermediate',
    needs: 'intermediate',
    mint: (context) => below(context, intermediate(context.authority, 'client-only', { purposes: ['clientAuth'] })),
  },
  {
    ...wrong,
    /**
     * RFC 8446, section 4.4.2.2: the bit must be set; appendix E.8: many clients do not look. Neither command sees a
     * handshake, and so whether the key signs in it.
     */
    name: 'no-digital-signature',
    title: 'A certificate whose RSA key is for encryption only',
    peer: 'weak',
    twin: 'valid-rsa-2048',
    otherwise: { openssl: 'accepts', gnutls: 'accepts' },
    mint: async (context) => leaf(context, { key: await rsaKey(context.authority, 2048), usages: ['keyEncipherment'] }),
  },
  {
    ...wrong,
    /** RFC 5280, section 4.2: whatever it may forbid, nobody who does not know it can keep to it. */
    name: 'critical-unknown',
    title: 'A certificate with a critical extension that nobody knows',
    twin: 'valid-unknown-extension',
    mint: (context) => leaf(context, { extensions: [unknownExtension(true)] }),
  },
];
