/** What the rows about names have in common: right in all but whom they are for, so nobody may accept them. */
import { type CredentialRow, leaf, type MintContext, type Naming } from './row.ts';

/**
 * `rest` replaces fields of the row. The names must not hold the dialled addresses: a client that looks for those would
 * accept the certificate for another reason.
 */
export const nameRow = (
  name: string,
  title: string,
  fields: (context: MintContext) => Naming,
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({
  name,
  title,
  defect: 'name',
  peer: 'untrusted',
  twin: 'valid',
  mint: (context) => leaf(context, fields(context)),
  ...rest,
});
