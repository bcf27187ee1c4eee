/**
 * Names that read differently as octets, as C strings and as printed text. RFC 5280, section 4.2.1.6: a dNSName is in the
 * preferred name syntax, letters, digits and hyphens with dots between; section 7.2: and in A-labels.
 */
import { domainToUnicode } from 'node:url';
import { dns } from '../names.ts';
import { nameRow } from './name-row.ts';
import { namingOnly } from './row.ts';

export const octetCredentials = [
  // From the owner of evil.test, by way of whoever takes the NUL for the end of the name (CVE-2009-2408).
  nameRow('nul-in-san', 'A DNS-ID that goes on after a NUL', ({ domain }) => namingOnly(dns(`${domain}\0.evil.test`))),
  // For whoever prints the names and parses that (CVE-2021-44532).
  nameRow('list-in-san', 'A DNS-ID that looks like a list of names when it is printed', ({ domain }) =>
    namingOnly(dns(`evil.test, DNS:${domain}`)),
  ),
  nameRow('empty-san', 'A DNS-ID without a single octet', () => namingOnly(dns(''))),
  // The same domain, in a spelling that certificates do not have: RFC 7622, section 3.2 strips such a dot from JIDs only.
  nameRow('trailing-dot', 'A DNS-ID that ends with a dot', ({ domain }) => namingOnly(dns(`${domain}.`)), {
    peer: 'weak',
  }),
  // RFC 9525, section 6.3 has A-labels compared, and with those nothing here matches.
  nameRow(
    'u-label-in-san',
    'A DNS-ID with U-labels in UTF-8',
    ({ domain }) => namingOnly(dns(domainToUnicode(domain))),
    { peer: 'weak', domain: 'idn' },
  ),
];
