/**
 * Certificates from the trusted CA for another whole name than the domain. What the domain has to be held against is in
 * RFC 6120, section 13.7.2.1, and RFC 9525, section 6; RFC 7590, section 3.4 says that both bind here.
 */
import { isIP } from 'node:net';
import { address, dns } from '../names.ts';
import { HOSTING, lookAlikeOf, parentOf, STRANGER, siblingOf } from './domains.ts';
import { nameRow } from './name-row.ts';
import { naming, namingOnly, reachedBy } from './row.ts';

export const nameCredentials = [
  nameRow('wrong-name', 'A certificate for a domain that has nothing to do with it', () => naming(`wrong.${STRANGER}`)),
  // What anybody gets from a public CA for the domain of their own, and what a redirect leads to.
  nameRow('valid-for-elsewhere', 'A good certificate for a domain that the attacker owns', ({ elsewhere }) =>
    naming(...(elsewhere.length > 0 ? elsewhere : [`elsewhere.${STRANGER}`])),
  ),
  // RFC 9525, section 6.1.1: not what was derived from the domain; RFC 6120, section 4.9.3.19: nor a redirect's target.
  nameRow(
    'host-name-only',
    'A certificate for the machine that hosts the domain, such as the target of an SRV record',
    ({ elsewhere }) => naming(...(elsewhere.length > 0 ? elsewhere : [HOSTING])),
  ),
  nameRow('parent-name', 'A certificate for the parent domain', ({ domain }) => naming(parentOf(domain))),
  nameRow('sibling-name', 'A certificate for another domain below the same parent', ({ domain }) =>
    naming(siblingOf(domain)),
  ),
  nameRow('child-name', 'A certificate for a name below the domain', ({ domain }) => naming(`child.${domain}`)),
  // RFC 9525, section 6.3 compares whole names, label by label: these find the comparison of a beginning or an end.
  nameRow('prefix-name', 'A certificate for a longer name that begins with the domain', ({ domain }) =>
    naming(`${domain}.evil.test`),
  ),
  nameRow('suffix-name', 'A certificate for a longer name that ends with the domain', ({ domain }) =>
    naming(`evil${domain}`),
  ),
  nameRow(
    'leading-dot',
    'A certificate for a dot and the parent domain, as name constraints are written',
    ({ domain }) => namingOnly(dns(`.${parentOf(domain)}`)),
  ),
  // RFC 6120, section 13.7.2.1: the domainpart of the JID, not what stands before it.
  nameRow('localpart-name', "A certificate for the localpart of the user's JID", ({ localpart }) => naming(localpart)),
  // RFC 9525, section 6.3 compares A-labels, of which no two look alike.
  nameRow('look-alike-name', 'A certificate for a name that looks like the domain', ({ domain }) =>
    naming(lookAlikeOf(domain)),
  ),
  nameRow('no-names', 'A certificate without any name', () => namingOnly()),
  nameRow(
    'dialled-address-only',
    'A certificate for the dialled address only',
    // The address as iPAddress or DNS-ID; a common name would be the address of one of the two ways only.
    (context) => namingOnly(...reachedBy(context).map(address)),
    // RFC 9525, section 6.1.1 lets the user's configuration name it, so whether this is wrong depends on the scenario.
    { peer: 'weak', ifResolved: 'untrusted', twin: 'valid-dialled-address' },
  ),
  // RFC 9525, section 6.1.1 again: what DNS has made of the domain, if nobody signs that, is the attacker's.
  nameRow(
    'ip-address-only',
    'A certificate for the IP address that was connected to, only',
    (context) =>
      namingOnly(
        ...reachedBy(context)
          .filter((one) => isIP(one) > 0)
          .map(address),
      ),
    { peer: 'weak', ifResolved: 'untrusted', twin: 'valid-dialled-address' },
  ),
];
