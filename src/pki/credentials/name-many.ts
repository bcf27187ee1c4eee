/** So many names that a client might give up, run out of memory, or take all day. */
import type { Authority } from '../authority.ts';
import { dns, type GeneralName } from '../names.ts';
import { nameRow } from './name-row.ts';
import { leaf, namingOnly } from './row.ts';

/**
 * `000.test`, `001.test`, ...: so short that 10,000 of them stay below the 100 KiB that OpenSSL takes for a chain. Made
 * once a run.
 */
export const crowd = (authority: Authority, count: number): GeneralName[] =>
  authority.once(`${count} names`, () =>
    Array.from({ length: count }, (_, n) => dns(`${n.toString(36).padStart(3, '0')}.test`)),
  );

export const manyNamesCredentials = [
  nameRow('among-10000', 'A certificate for 10,000 names, of which none is the domain', () => namingOnly(), {
    twin: 'valid-among-10000',
    // The same for every domain.
    mint: (context) =>
      context.authority.once('among-10000', () => leaf(context, namingOnly(...crowd(context.authority, 10_000)))),
  }),
];
