/**
 * Wildcards that cover too much. RFC 9525, section 6.3: one `*`, it is the whole left-most label, and it stands for exactly
 * one label; whatever is otherwise is to be ignored.
 */
import { firstLabelOf, parentOf } from './domains.ts';
import { type CredentialRow, leaf, naming } from './row.ts';

const row = (
  name: string,
  title: string,
  pattern: (domain: string) => string,
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({
  name,
  title,
  defect: 'name',
  peer: 'untrusted',
  twin: 'valid-wildcard',
  needs: 'wildcard',
  mint: (context) => leaf(context, naming(pattern(context.domain))),
  ...rest,
});

export const wildcardCredentials: CredentialRow[] = [
  row('wildcard-bare', 'A certificate for *', () => '*'),
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
  // RFC 6125, section 6.4.3 let a client accept it, and OpenSSL does unless it is told X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS.
  row(
    'wildcard-partial',
    'A wildcard for a part of the first label',
    (domain) => `${firstLabelOf(domain).slice(0, 2)}*.${parentOf(domain)}`,
    { peer: 'weak', otherwise: { openssl: 'accepts' } },
  ),
];
