/** Certificate extensions (RFC 5280, section 4.2), right or wrong as the caller wants. */
import { bitString, boolean, integer, octetString, oid, sequence, tagged, taggedOctets } from './der.ts';
import type { GeneralName } from './names.ts';

/** One Extension, encoded. */
export function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  return critical ? sequence(oid(id), boolean(true), octetString(value)) : sequence(oid(id), octetString(value));
}

/** Section 4.2.1.9. DER leaves out what is the default, and cA is FALSE by default. */
export const basicConstraints = (ca: boolean, pathLength?: number): Buffer =>
  extension(
    '2.5.29.19',
    true,
    sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
  );

/** Bits of keyUsage, section 4.2.1.3, in the order of the bit string. */
const KEY_USAGE = { digitalSignature: 0x80, keyEncipherment: 0x20, keyCertSign: 0x04, cRLSign: 0x02 };
export type KeyUsage = keyof typeof KEY_USAGE;

export function keyUsage(usages: KeyUsage[]): Buffer {
  const bits = usages.reduce((sum, usage) => sum | KEY_USAGE[usage], 0);
  // A named bit list has no trailing zero bits in DER (X.690, section 11.2.2).
  return extension('2.5.29.15', true, bitString(Buffer.of(bits), 31 - Math.clz32(bits & -bits)));
}

const PURPOSES = { serverAuth: 1, clientAuth: 2, codeSigning: 3, emailProtection: 4, ocspSigning: 9 };
export type Purpose = keyof typeof PURPOSES;

/** extKeyUsage, section 4.2.1.12. */
export const purposesOf = (purposes: Purpose[]): Buffer =>
  extension('2.5.29.37', false, sequence(...purposes.map((purpose) => oid(`1.3.6.1.5.5.7.3.${PURPOSES[purpose]}`))));

/** Section 4.2.1.6. Critical where the subject is empty. */
export const subjectAltName = (names: GeneralName[], critical = false): Buffer =>
  extension('2.5.29.17', critical, sequence(...names));

export const subjectKeyIdentifier = (keyId: Buffer): Buffer => extension('2.5.29.14', false, octetString(keyId));

export const authorityKeyIdentifier = (keyId: Buffer): Buffer =>
  extension('2.5.29.35', false, sequence(taggedOctets(0, keyId)));

/** Section 4.2.1.10: critical, and without minimum and maximum. */
export const nameConstraints = (permitted: GeneralName[], excluded: GeneralName[] = []): Buffer => {
  const subtrees = (number: number, names: GeneralName[]) =>
    names.length === 0 ? [] : [tagged(number, ...names.map((name) => sequence(name)))];
  return extension('2.5.29.30', true, sequence(...subtrees(0, permitted), ...subtrees(1, excluded)));
};

/** TLS feature, RFC 7633: the server promises to answer the extension status_request, number 5, with a staple. */
export const mustStaple = (): Buffer => extension('1.3.6.1.5.5.7.1.24', false, sequence(integer(5)));

/** What no client knows: below the enterprise number that RFC 5612 keeps for documentation. */
export const unknownExtension = (critical: boolean): Buffer =>
  extension('1.3.6.1.4.1.32473.1', critical, octetString(Buffer.from('mallory')));
