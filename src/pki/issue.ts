/** Credentials on demand: each is minted when first asked for, and only once. */
import type { Authority } from './authority.ts';
import { credential } from './credentials/index.ts';
import type { Issued, MintContext } from './credentials/row.ts';

export type IssueFor = Pick<MintContext, 'domain'> & Partial<Pick<MintContext, 'dialled' | 'elsewhere'>>;

const issuedBy = new WeakMap<Authority, Map<string, Promise<Issued>>>();

/**
 * The credential `name` of the table, for a domain. The same arguments give the same object.
 *
 * @throws RangeError if there is no credential of that name.
 */
export function issue(
  authority: Authority,
  name: string,
  { domain, dialled = [], elsewhere = [] }: IssueFor,
): Promise<Issued> {
  const row = credential(name);
  const known = issuedBy.get(authority) ?? new Map<string, Promise<Issued>>();
  issuedBy.set(authority, known);
  const id = JSON.stringify([name, domain, dialled, elsewhere]);
  const before = known.get(id);
  if (before) return before;
  const made = Promise.resolve(row.mint({ authority, domain, dialled, elsewhere }));
  known.set(id, made);
  return made;
}
