/** So many names that a client might give up, run out of memory, or take all day. */
import type { Authority } from '../authority.ts';
import { dns, type GeneralName } from '../names.ts';
import { nameRow } from './name-row.ts';
import { type CredentialRow, leaf, type MintContext, namingOnly } from './row.ts';

/**
 * `000.test`, `001.test`, ...: so short that 10,000 of them stay below the 100 KiB that OpenSSL takes for a chain. Made
 * once a run.
 */
export const crowd = (authority: Authority, count: number): GeneralName[] =>
  authority.once(`${count} names`, () =>
    Array.from({ length: count }, (_, n) => dns(`${n.toString(36).padStart(3, '0')}.test`)),
  );

/** The same for every domain. */
function row(name: string, title: string, count: number): CredentialRow {
  const names = ({ authority }: MintContext) => namingOnly(...crowd(authority, count));
  return nameRow(name, title, names, {
    twin: `valid-${name}`,
    mint: (context) => context.authority.once(name, () => leaf(context, names(context))),
  });
}

export const manyNamesCredentials = [
  row('among-1000', 'A certificate for 1,000 names, of which none is the domain', 1_000),
  // Libraries that take no more than 32 or 64 KiB have to show with the one above that they read to the end.
  row('among-10000', 'A certificate for 10,000 names, of which none is the domain', 10_000),
];
