/**
 * The domain as common name, and no matching name where names belong. RFC 9525, section 2: the common name must not be
 * used; RFC 6125, section 6.4.4: only as a last resort, where the certificate has no identifier that the client knows.
 */
import { distinguishedName, organisation, srv } from '../names.ts';
import { STRANGER } from './domains.ts';
import { nameRow } from './name-row.ts';
import { naming } from './row.ts';

const OTHER = `wrong.${STRANGER}`;

export const commonNameCredentials = [
  nameRow(
    'cn-only',
    'A certificate with the domain as common name and no subjectAltName',
    ({ domain }) => ({ subject: distinguishedName(domain), names: [] }),
    // Both libraries still do as RFC 6125 says.
    { peer: 'weak', otherwise: { openssl: 'accepts', gnutls: 'accepts' } },
  ),
  nameRow('cn-with-other-san', 'A certificate with the domain as common name, and another DNS-ID', ({ domain }) => ({
    subject: distinguishedName(domain),
    names: naming(OTHER).names,
  })),
  nameRow(
    'two-cns-with-other-san',
    'A certificate with two common names, the last right, and another DNS-ID',
    ({ domain }) => ({
      subject: distinguishedName(OTHER, domain),
      names: naming(OTHER).names,
    }),
  ),
  // The twin is for those who know the SRV-ID. RFC 6125 lets all others look at the common name, so nobody is blamed
  // without it; what they make of common names `cn-only` tells. OpenSSL is of the others, and GnuTLS never looks at a
  // common name beside other names.
  nameRow(
    'cn-with-other-srv-id',
    'A certificate with the domain as common name, and the SRV-ID of another domain',
    ({ domain, service }) => ({ subject: distinguishedName(domain), names: [srv(`${service}.${OTHER}`)] }),
    { peer: 'weak', twin: 'valid-srv-id-only', needs: 'srv-id', otherwise: { openssl: 'accepts' } },
  ),
  // As `nul-in-san`, where older clients look.
  nameRow('nul-in-cn', 'A common name that goes on after a NUL, and no subjectAltName', ({ domain }) => ({
    subject: distinguishedName(`${domain}\0.evil.test`),
    names: [],
  })),
  // For whoever prints the subject and parses that: with slashes, commas or lines between (CVE-2021-44533).
  nameRow(
    'cn-inside-organisation',
    'A certificate whose organisation looks like a common name when it is printed',
    ({ domain }) => ({ subject: organisation(`Evil/CN=${domain}, CN=${domain}\nCN=${domain}`), names: [] }),
  ),
];
