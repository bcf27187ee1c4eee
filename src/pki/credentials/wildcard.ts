/**
 * Wildcards that cover too much. RFC 9525, section 6.3: one `*`, it is the whole left-most label, and it stands for exactly
 * one label; whatever is otherwise is to be ignored. RFC 6125, section 6.4.3 says SHOULD NOT of most of that, so that all
 * but the bare one are `weak`: the scenario's requirement has a level for each policy.
 */
import { firstLabelOf, parentOf } from './domains.ts';
import { nameRow } from './name-row.ts';
import { type CredentialRow, naming } from './row.ts';

const row = (
  name: string,
  title: string,
  pattern: (domain: string) => string,
  rest: Partial<CredentialRow> = {},
): CredentialRow =>
  nameRow(name, title, ({ domain }) => naming(pattern(domain)), {
    peer: 'weak',
    twin: 'valid-wildcard',
    needs: 'wildcard',
    ...rest,
  });

export const wildcardCredentials: CredentialRow[] = [
  row('wildcard-bare', 'A certificate for *', () => '*', { peer: 'untrusted' }),
  // RFC 9525, section 7.1 leaves public suffixes to others; OpenSSL and GnuTLS want two labels behind the asterisk. The
  // twin has no wildcard, for there is no better one.
  nameRow('wildcard-tld', 'A wildcard for a whole top-level domain', ({ domain }) => naming(`*.${parentOf(domain)}`), {
    peer: 'weak',
    domain: 'second-level',
  }),
  row(
    'wildcard-two-labels',
    'A wildcard that would have to stand for two labels',
    (domain) => `*.${parentOf(parentOf(domain))}`,
  ),
  row('wildcard-apex', 'A wildcard for names below the domain', (domain) => `*.${domain}`),
  row(
    'wildcard-middle',
    'A wildcard in the second label',
    (domain) => `${firstLabelOf(domain)}.*.${parentOf(parentOf(domain))}`,
  ),
  row('wildcard-double', 'Wildcards in the first two labels', (domain) => `*.*.${parentOf(parentOf(domain))}`),
  // Part of a label: RFC 6125 says MAY. OpenSSL does at either end, unless it is told X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
  // GnuTLS where the name begins with the asterisk, and neither in the middle.
  row(
    'wildcard-partial',
    'A wildcard for the end of the first label',
    (domain) => `${firstLabelOf(domain).slice(0, 1)}*.${parentOf(domain)}`,
    { otherwise: { openssl: 'accepts' } },
  ),
  row(
    'wildcard-partial-beginning',
    'A wildcard for the beginning of the first label',
    (domain) => `*${firstLabelOf(domain).slice(1)}.${parentOf(domain)}`,
    { otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  row(
    'wildcard-partial-middle',
    'A wildcard for the middle of the first label',
    (domain) => `${firstLabelOf(domain).slice(0, 1)}*${firstLabelOf(domain).slice(-1)}.${parentOf(domain)}`,
  ),
  // RFC 6125, section 6.4.3: not inside an A-label, where it would stand for part of a code.
  row('wildcard-a-label', 'A wildcard for a part of an A-label', (domain) => `xn--*.${parentOf(domain)}`, {
    domain: 'idn',
  }),
];
