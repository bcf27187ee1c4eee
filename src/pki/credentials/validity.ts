/** Certificates outside their time: RFC 5280, section 6.1.3 (a) (2). Far outside, so that no clock makes a difference. */
import { DAY } from '../certificate.ts';
import { sequence, time, utcTime } from '../der.ts';
import { type CredentialRow, goodValidity, leaf } from './row.ts';

const wrong = { defect: 'time', peer: 'untrusted', twin: 'valid' } as const;

const row = (name: string, title: string, fromDay: number, toDay: number): CredentialRow => ({
  ...wrong,
  name,
  title,
  mint: (context) => {
    const validity = { notBefore: new Date(Date.now() + fromDay * DAY), notAfter: new Date(Date.now() + toDay * DAY) };
    return leaf(context, { validity });
  },
});

export const validityCredentials: CredentialRow[] = [
  row('expired', 'A certificate that expired 30 days ago', -120, -30),
  row('not-yet-valid', 'A certificate that becomes valid in 30 days', 30, 120),
  row('inverted', 'A certificate that becomes valid in 30 days, and expired 30 days ago', 30, -30),
  {
    ...wrong,
    /** Section 4.1.2.5.1: a UTCTime of year 50 or above is in the last century. Whoever reads 2063 trusts it for long. */
    name: 'expired-1963',
    title: 'A certificate that expired in 1963, in two digits',
    mint: (context) => {
      const until = utcTime(new Date('1963-01-01T00:00:00Z'));
      return leaf(context, { rawValidity: sequence(time(goodValidity().notBefore), until) });
    },
  },
];
