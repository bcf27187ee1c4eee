/** Certificates made for something else. RFC 5280, section 4.2.1.12: only for one of the purposes that it names. */
import type { Purpose } from '../certificate.ts';
import { type CredentialRow, leaf } from './row.ts';

const row = (name: string, title: string, purpose: Purpose): CredentialRow => ({
  name,
  title,
  defect: 'purpose',
  peer: 'untrusted',
  twin: 'valid',
  mint: (context) => leaf(context, { purposes: [purpose] }),
});

export const purposeCredentials: CredentialRow[] = [
  row('wrong-eku-client', 'A certificate for TLS clients only', 'clientAuth'),
  row('wrong-eku-code-signing', 'A certificate for signing code only', 'codeSigning'),
];
