/**
 * Certificates that do not keep to the form of RFC 5280, section 4.1. Most of its sentences bind the CA, so that accepting
 * such a thing is a warning at most; those who verify differently from how others read have been attacked by it.
 *
 * What OpenSSL cannot even load (no DER at all, octets behind the certificate) it cannot serve: that takes a rewriter of
 * records.
 */
import { intermediate } from '../authority.ts';
import { octetString, sequence } from '../der.ts';
import { extension, subjectAltName } from '../extensions.ts';
import { dns } from '../names.ts';
import { STRANGER } from './domains.ts';
import { below, type CredentialRow, leaf, type MintContext, rightNames } from './row.ts';

const row = (
  name: string,
  title: string,
  mint: CredentialRow['mint'],
  rest: Partial<CredentialRow> = {},
): CredentialRow => ({ name, title, defect: 'encoding', peer: 'weak', twin: 'valid', mint, ...rest });

export const encodingCredentials: CredentialRow[] = [
  // Section 4.2. Whoever issues reads the one, whoever verifies the other.
  row('duplicate-extension', 'A certificate with two subjectAltNames, the second for a stranger', (context) =>
    leaf(context, { extensions: [subjectAltName([dns(`wrong.${STRANGER}`)])] }),
  ),
  // Section 4.1.1.2: a signature counts only with the algorithm that was signed with it.
  row(
    'signature-algorithm-mismatch',
    'A certificate whose two statements of the signature algorithm differ',
    (context) => leaf(context, { claimedHash: 'sha384' }),
  ),
  // Section 4.1.2.1: 3 is the last there is. Both commands ask only whether it is less.
  row('version-4', 'A certificate of version 4', (context) => leaf(context, { version: 4 }), {
    otherwise: { openssl: 'accepts', gnutls: 'accepts' },
  }),
  row('version-1-with-extensions', 'A certificate of version 1 that has extensions', (context) =>
    leaf(context, { version: '1+' }),
  ),
  // Section 4.1.2.4.
  row(
    'empty-issuer',
    'A certificate whose issuer has an empty name',
    (context) => below(context, intermediate(context.authority, 'nameless', { subject: sequence() })),
    { twin: 'valid-intermediate', needs: 'intermediate' },
  ),
  // GnuTLS reads the basic constraints of a CA, and not those of a leaf.
  row(
    'extension-garbage',
    'A certificate whose basic constraints are no DER',
    (context) =>
      leaf(context, {
        withBasicConstraints: false,
        extensions: [extension('2.5.29.19', true, Buffer.from('mallory'))],
      }),
    { otherwise: { gnutls: 'accepts' } },
  ),
  // OpenSSL reads an extension's value up to where it ends by its own account.
  row('extension-trailing', 'A certificate with octets behind the DER of its subjectAltName', trailing, {
    otherwise: { openssl: 'accepts' },
  }),
];

function trailing(context: MintContext) {
  const { subject, names } = rightNames(context);
  const value = Buffer.concat([sequence(...names), octetString(Buffer.from('mallory'))]);
  return leaf(context, { subject, names: [], extensions: [extension('2.5.29.17', false, value)] });
}
