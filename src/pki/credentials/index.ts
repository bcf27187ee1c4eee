/** The credential table: every certificate that Mallory can present, by name. */
import { chainCredentials } from './chain.ts';
import { constraintCredentials } from './constraints.ts';
import { cryptoCredentials } from './crypto.ts';
import { encodingCredentials } from './encoding.ts';
import { honestCredentials } from './honest.ts';
import { nameCredentials } from './name.ts';
import { commonNameCredentials } from './name-common.ts';
import { otherKindCredentials } from './name-kind.ts';
import { manyNamesCredentials } from './name-many.ts';
import { octetCredentials } from './name-octets.ts';
import { pathologicalCredentials } from './pathological.ts';
import { purposeCredentials } from './purpose.ts';
import { revocationCredentials } from './revocation.ts';
import type { CredentialRow } from './row.ts';
import { trustedCredentials } from './trusted.ts';
import { unusualCredentials } from './unusual.ts';
import { validityCredentials } from './validity.ts';
import { vouchedCredentials } from './vouched.ts';
import { wildcardCredentials } from './wildcard.ts';

export type { CredentialRow, Issued } from './row.ts';

const rows = [
  ...honestCredentials,
  ...trustedCredentials,
  ...unusualCredentials,
  ...chainCredentials,
  ...vouchedCredentials,
  ...constraintCredentials,
  ...pathologicalCredentials,
  ...validityCredentials,
  ...purposeCredentials,
  ...cryptoCredentials,
  ...encodingCredentials,
  ...revocationCredentials,
  ...nameCredentials,
  ...commonNameCredentials,
  ...octetCredentials,
  ...otherKindCredentials,
  ...manyNamesCredentials,
  ...wildcardCredentials,
];

export const credentials: Readonly<Record<string, CredentialRow>> = Object.fromEntries(
  rows.map((row) => [row.name, row]),
);

/** @throws RangeError if there is none of that name. */
export function credential(name: string): CredentialRow {
  const row = Object.hasOwn(credentials, name) ? credentials[name] : undefined;
  if (!row) throw new RangeError(`There is no credential "${name}". There are: ${Object.keys(credentials).join(', ')}`);
  return row;
}
