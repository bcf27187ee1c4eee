/** Certificates outside their time: RFC 5280, section 6.1.3 (a) (2). Far outside, so that no clock makes a difference. */
import { DAY } from '../certificate.ts';
import { type CredentialRow, leaf } from './row.ts';

const row = (name: string, title: string, fromDay: number, toDay: number): CredentialRow => ({
  name,
  title,
  defect: 'time',
  peer: 'untrusted',
  twin: 'valid',
  mint: (context) => {
    const validity = { notBefore: new Date(Date.now() + fromDay * DAY), notAfter: new Date(Date.now() + toDay * DAY) };
    return leaf(context, { validity });
  },
});

export const validityCredentials: CredentialRow[] = [
  row('expired', 'A certificate that expired 30 days ago', -120, -30),
  row('not-yet-valid', 'A certificate that becomes valid in 30 days', 30, 120),
];
