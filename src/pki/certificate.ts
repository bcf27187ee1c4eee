/** Makes one X.509 v3 certificate (RFC 5280). Defaults are a good server's leaf; each field can be made wrong by itself. */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  children,
  integer,
  octetString,
  oid,
  sequence,
  tagged,
  taggedOctets,
  time,
} from './der.ts';
import type { GeneralName } from './names.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Who signs: its subject as DER, its private key (EC P-256) and the key identifier that it writes into what it issues. */
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

/** Bits of keyUsage, RFC 5280, section 4.2.1.3, in the order of the bit string. */
const KEY_USAGE = { digitalSignature: 0x80, keyEncipherment: 0x20, keyCertSign: 0x04, cRLSign: 0x02 };
export type KeyUsage = keyof typeof KEY_USAGE;

const PURPOSES = { serverAuth: 1, clientAuth: 2, codeSigning: 3 };
export type Purpose = keyof typeof PURPOSES;

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
  /** Default: keyCertSign and cRLSign for a CA, else digitalSignature. */
  usages?: KeyUsage[];
  /** extKeyUsage; default: serverAuth for a leaf, none for a CA. */
  purposes?: Purpose[];
}

/** Returns the certificate's DER. */
export function certificate(fields: CertificateFields): Buffer {
  const spki = subjectPublicKeyInfo(fields.key);
  const keyId = keyIdentifier(spki);
  const issuer = fields.issuer ?? { name: fields.subject, key: fields.key, keyId };
  const { ca = false, names = [] } = fields;
  const usages = fields.usages ?? (ca ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']);
  const purposes = fields.purposes ?? (ca ? [] : ['serverAuth']);

  const extensions = [
    // DER leaves out what is the default, and cA is FALSE by default.
    extension('2.5.29.19', true, ca ? sequence(boolean(true)) : sequence()),
    extension('2.5.29.15', true, keyUsage(usages)),
    subjectKeyIdentifier(keyId),
    extension('2.5.29.35', false, sequence(taggedOctets(0, issuer.keyId))),
  ];
  if (purposes.length > 0) {
    const ids = purposes.map((purpose) => oid(`1.3.6.1.5.5.7.3.${PURPOSES[purpose]}`));
    extensions.push(extension('2.5.29.37', false, sequence(...ids)));
  }
  // RFC 5280, section 4.2.1.6: critical where the subject is empty.
  const nameless = fields.subject.equals(sequence());
  if (names.length > 0) extensions.push(extension('2.5.29.17', nameless, sequence(...names)));

  const toBeSigned = sequence(
    tagged(0, integer(2)),
    integer(serialNumber()),
    ECDSA_SHA256,
    issuer.name,
    sequence(time(fields.validity.notBefore), time(fields.validity.notAfter)),
    fields.subject,
    spki,
    tagged(3, sequence(...extensions)),
  );
  return signed(toBeSigned, issuer.key);
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

const signed = (toBeSigned: Buffer, key: KeyObject): Buffer =>
  sequence(toBeSigned, ECDSA_SHA256, bitString(sign('sha256', toBeSigned, key)));

/** Positive, of 128 bits, and never with a superfluous leading zero, which Go refuses. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial;
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return critical ? sequence(oid(id), boolean(true), octetString(value)) : sequence(oid(id), octetString(value));
}

function keyUsage(usages: KeyUsage[]): Buffer {
  const bits = usages.reduce((sum, usage) => sum | KEY_USAGE[usage], 0);
  // A named bit list has no trailing zero bits in DER (X.690, section 11.2.2).
  return bitString(Buffer.of(bits), 31 - Math.clz32(bits & -bits));
}

const subjectKeyIdentifier = (keyId: Buffer) => extension('2.5.29.14', false, octetString(keyId));

const subjectPublicKeyInfo = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

/** Method 1 of RFC 5280, section 4.2.1.2: SHA-1 over the bits of the key. A name, not a protection. */
function keyIdentifier(spki: Buffer): Buffer {
  const bits = children(spki)[1] ?? Buffer.alloc(0);
  // One octet of tag, the length, and the count of unused bits stand before the key.
  const header = bits.readUInt8(1) < 0x80 ? 3 : 3 + (bits.readUInt8(1) & 0x7f);
  return createHash('sha1').update(bits.subarray(header)).digest();
}

/** A CA's certificate and key as an issuer, its name taken octet by octet from the certificate. */
export function issuerOf(der: Buffer, key: KeyObject): Issuer {
  return { der, key, name: toBeSignedFields(der).subject, keyId: keyIdentifier(subjectPublicKeyInfo(key)) };
}

function toBeSignedFields(der: Buffer): { all: Buffer[]; subject: Buffer } {
  const [toBeSigned = Buffer.alloc(0)] = children(der);
  const all = children(toBeSigned);
  return { all, subject: all[5] ?? Buffer.alloc(0) };
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

export function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
