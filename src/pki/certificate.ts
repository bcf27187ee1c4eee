/** Makes one X.509 v3 certificate (RFC 5280). Defaults are a good server's leaf; each field can be made wrong by itself. */
import { createHash, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { children, integer, sequence, tagged, time } from './der.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  type KeyUsage,
  keyUsage,
  type Purpose,
  purposesOf,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.ts';
import type { GeneralName } from './names.ts';
import { algorithmIdentifier, type Hash, signed } from './signature.ts';

export type { KeyUsage, Purpose } from './extensions.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Who signs: its subject as DER, its private key (EC or RSA) and the key identifier that it writes into what it issues. */
export interface Issuer {
  name: Buffer;
  key: KeyObject;
  keyId: Buffer;
  /** Its own certificate. */
  der: Buffer;
}

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

export interface CertificateFields {
  /** DER of the subject's DN. */
  subject: Buffer;
  /** SubjectPublicKeyInfo comes from here; a private key will do. */
  key: KeyObject;
  /** Without one the certificate is self-signed with `key`. */
  issuer?: Pick<Issuer, 'name' | 'key' | 'keyId'>;
  /** Empty or absent: no subjectAltName. */
  names?: GeneralName[];
  validity: Validity;
  /** Default: false, a leaf. */
  ca?: boolean;
  /** Of a CA: how many further CAs may stand below it; default: any number. */
  pathLength?: number;
  /** Default: keyCertSign and cRLSign for a CA, else digitalSignature; empty: no such extension. */
  usages?: KeyUsage[];
  /** extKeyUsage; default: serverAuth for a leaf, none for a CA; empty: no such extension. */
  purposes?: Purpose[];
  /** Further extensions, after all others. */
  extensions?: Buffer[];
  /** Default: true. Without basic constraints a v3 certificate is no CA's (RFC 5280, section 6.1.4 (k)). */
  withBasicConstraints?: boolean;
  /** As a DER integer; default: a good one. */
  serial?: Buffer;
  /** Of the signature; default: sha256. */
  hash?: Hash;
  /** The hash that the signed part claims; default: that of the signature, as RFC 5280, section 4.1.1.2 wants it. */
  claimedHash?: Hash;
  /** Default: 3. A certificate of version 1 has no extensions; `1+`: it has. 4 does not exist. */
  version?: 1 | '1+' | 3 | 4;
  /** The validity as DER, in place of `validity`. */
  rawValidity?: Buffer;
}

/** Returns the certificate's DER. */
export function certificate(fields: CertificateFields): Buffer {
  const spki = subjectPublicKeyInfo(fields.key);
  const keyId = keyIdentifier(spki);
  const issuer = fields.issuer ?? { name: fields.subject, key: fields.key, keyId };
  const { version = 3, validity, hash = 'sha256' } = fields;

  const toBeSigned = sequence(
    ...(version === 3 || version === 4 ? [tagged(0, integer(version - 1))] : []),
    fields.serial ?? integer(serialNumber()),
    algorithmIdentifier(issuer.key, fields.claimedHash ?? hash),
    issuer.name,
    fields.rawValidity ?? sequence(time(validity.notBefore), time(validity.notAfter)),
    fields.subject,
    spki,
    ...(version === 1 ? [] : [tagged(3, sequence(...extensionsOf(fields, keyId, issuer.keyId)))]),
  );
  return signed(toBeSigned, issuer.key, hash);
}

function extensionsOf(fields: CertificateFields, keyId: Buffer, issuerKeyId: Buffer): Buffer[] {
  const { ca = false, names = [], withBasicConstraints = true } = fields;
  const usages = fields.usages ?? (ca ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']);
  const purposes = fields.purposes ?? (ca ? [] : ['serverAuth']);
  return [
    ...(withBasicConstraints ? [basicConstraints(ca, fields.pathLength)] : []),
    ...(usages.length > 0 ? [keyUsage(usages)] : []),
    subjectKeyIdentifier(keyId),
    authorityKeyIdentifier(issuerKeyId),
    ...(purposes.length > 0 ? [purposesOf(purposes)] : []),
    // RFC 5280, section 4.2.1.6: critical where the subject is empty.
    ...(names.length > 0 ? [subjectAltName(names, fields.subject.equals(sequence()))] : []),
    ...(fields.extensions ?? []),
  ];
}

/** Positive, of 128 bits, and never with a superfluous leading zero, which Go refuses. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial;
}

export const subjectPublicKeyInfo = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

/** Method 1 of RFC 5280, section 4.2.1.2: SHA-1 over the bits of the key. A name, not a protection. */
export function keyIdentifier(spki: Buffer): Buffer {
  const bits = children(spki)[1] ?? Buffer.alloc(0);
  // One octet of tag, the length, and the count of unused bits stand before the key.
  const header = bits.readUInt8(1) < 0x80 ? 3 : 3 + (bits.readUInt8(1) & 0x7f);
  return createHash('sha1').update(bits.subarray(header)).digest();
}

/** A CA's certificate and key as an issuer, its name taken octet by octet from the certificate. */
export function issuerOf(der: Buffer, key: KeyObject): Issuer {
  return { der, key, name: toBeSignedFields(der).subject, keyId: keyIdentifier(subjectPublicKeyInfo(key)) };
}

function toBeSignedFields(der: Buffer): { all: Buffer[]; subject: Buffer; serial: Buffer } {
  const [toBeSigned = Buffer.alloc(0)] = children(der);
  const all = children(toBeSigned);
  // Version 1 is the default, which DER leaves out.
  const [serial = Buffer.alloc(0), , , , subject = Buffer.alloc(0)] = all[0]?.[0] === 0xa0 ? all.slice(1) : all;
  return { all, subject, serial };
}

/**
 * The self-signed CA certificate `der` with a subjectKeyIdentifier added, which RFC 5280, section 4.2.1.2 demands of a
 * CA. `selfsigned` cannot write one, and Python 3.13 (`VERIFY_X509_STRICT`) rejects every chain whose root has none.
 */
export function withSubjectKeyIdentifier(der: Buffer, key: KeyObject): Buffer {
  const { all } = toBeSignedFields(der);
  const [list = Buffer.alloc(0)] = children(all.at(-1) ?? Buffer.alloc(0));
  const keyId = subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo(key)));
  return signed(sequence(...all.slice(0, -1), tagged(3, sequence(...children(list), keyId))), key);
}

/** The serial number, as a DER integer. */
export const serialOf = (der: Buffer): Buffer => toBeSignedFields(der).serial;

export function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
