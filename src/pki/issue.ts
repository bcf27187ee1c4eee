/** Credentials on demand: each is minted when first asked for, and only once. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Authority } from './authority.ts';
import { siblingOf } from './credentials/domains.ts';
import { credential } from './credentials/index.ts';
import type { CredentialRow, Issued, MintContext } from './credentials/row.ts';

export type IssueFor = Pick<MintContext, 'domain'> &
  Partial<Pick<MintContext, 'dialled' | 'reached' | 'elsewhere' | 'second' | 'localpart' | 'service'>>;

const issuedBy = new WeakMap<Authority, Map<string, Promise<Issued>>>();

/**
 * The credential `name` of the table, or one that is not in it, for a domain, with A-labels or U-labels, or an address. The
 * same arguments give the same object.
 *
 * @throws RangeError if there is no credential of that name, or if it is about another kind of domain.
 */
export function issue(
  authority: Authority,
  what: string | CredentialRow,
  {
    domain,
    dialled = [],
    reached = ['127.0.0.1', 'localhost'],
    elsewhere = [],
    second = siblingOf(inCertificates(domain)),
    localpart = 'juliet',
    service = '_xmpp-client',
  }: IssueFor,
): Promise<Issued> {
  const row = typeof what === 'string' ? credential(what) : what;
  const ascii = inCertificates(domain);
  if (!suits(row, ascii))
    throw new RangeError(
      `The credential "${row.name}" is about another kind of domain (${row.domain}) than ${domain}.`,
    );
  const known = issuedBy.get(authority) ?? new Map<string, Promise<Issued>>();
  issuedBy.set(authority, known);
  const id = JSON.stringify([row.name, domain, dialled, reached, elsewhere, second, localpart, service]);
  const before = known.get(id);
  if (before) return before;
  const made = Promise.resolve(
    row.mint({ authority, domain: ascii, dialled, reached, elsewhere, second, localpart, service }),
  );
  known.set(id, made);
  return made;
}

/** Whether a credential is about such a domain: one that is not would be as good as its twin. */
export function suits({ domain: kind }: CredentialRow, domain: string): boolean {
  if (kind === 'ip-address') return isIP(domain) > 0;
  if (kind === 'idn') return inCertificates(domain).includes('xn--');
  return kind === undefined || domain.split('.').length === 2;
}

/** RFC 5280, section 7.2: A-labels. What no A-label can be made of is taken as it is. */
const inCertificates = (domain: string) => (isIP(domain) ? domain : domainToASCII(domain) || domain);
