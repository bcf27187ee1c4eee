/** What else a certificate says of itself: read from its DER, because Node's `X509Certificate` leaves most of it out. */
import { type KeyObject, verify, type X509Certificate } from 'node:crypto';
import { hex, type Item, inside, items, type Names, namesIn, namesOf } from './certificate.ts';

export interface Extension {
  /** The OID's octets, in hexadecimal digits. */
  id: string;
  critical: boolean;
  value: Buffer;
}

export interface Fields {
  version: number;
  serial: Buffer;
  /** AlgorithmIdentifiers, in hexadecimal digits: in the signed part, and beside it. */
  claimedAlgorithm: string;
  algorithm: string;
  hasIssuer: boolean;
  /** An elliptic curve that is written out instead of named. */
  explicitCurve: boolean;
  names: Names;
  extensions: Extension[];
}

const SEQUENCE = 0x30;
const known = new WeakMap<X509Certificate, Fields>();

export function fieldsOf(certificate: X509Certificate): Fields {
  const fields = known.get(certificate) ?? read(certificate.raw);
  known.set(certificate, fields);
  return fields;
}

function read(der: Buffer): Fields {
  const [toBeSigned, algorithm] = inside(items(der)[0]);
  const all = inside(toBeSigned);
  const version = all[0]?.tag === 0xa0 ? (inside(all[0])[0]?.content[0] ?? 0) + 1 : 1;
  const [serial, claimed, issuer, , , spki, ...rest] = version === 1 ? all : all.slice(1);
  const list = inside(inside(rest.find(({ tag }) => tag === 0xa3))[0]).map((each) => inside(each));
  return {
    version,
    serial: serial?.content ?? Buffer.alloc(0),
    claimedAlgorithm: hex(claimed),
    algorithm: hex(algorithm),
    hasIssuer: inside(issuer).length > 0,
    explicitCurve: inside(inside(spki)[0])[1]?.tag === SEQUENCE,
    names: namesIn(der),
    extensions: list.map(([id, ...more]) => ({
      id: hex(id),
      critical: more.length > 1,
      value: more.at(-1)?.content ?? Buffer.alloc(0),
    })),
  };
}

export const BASIC_CONSTRAINTS = '551d13';
export const KEY_USAGE = '551d0f';
export const SUBJECT_ALT_NAME = '551d11';
export const PURPOSES = '551d25';
export const NAME_CONSTRAINTS = '551d1e';
export const TLS_FEATURE = '2b06010505070118';

export const extensionOf = (certificate: X509Certificate, id: string): Buffer | undefined =>
  fieldsOf(certificate).extensions.find((extension) => extension.id === id)?.value;

/** Whether it is one DER value and nothing behind it. */
export function isOneValue(value: Buffer): boolean {
  const length = value[1];
  if (length === undefined || value[0] === undefined) return false;
  const octets = length < 0x80 ? 0 : length & 0x7f;
  if (value.length < 2 + octets) return false;
  return value.length === 2 + octets + (octets === 0 ? length : value.readUIntBE(2, octets));
}

/** Bit 0 is the first. */
export function keyUsage(certificate: X509Certificate, bit: number): boolean {
  const value = extensionOf(certificate, KEY_USAGE);
  return value === undefined || ((value[3] ?? 0) & (0x80 >> bit)) !== 0;
}

/** By its basic constraints alone: Node's `ca` looks at the key usage, too. */
export function saysCa(certificate: X509Certificate): boolean {
  const [ca] = inside(items(extensionOf(certificate, BASIC_CONSTRAINTS) ?? Buffer.alloc(0))[0]);
  return ca?.tag === 0x01 && ca.content[0] !== 0;
}

/** Whatever algorithm the certificate names: by SHA-256. */
export function isSigned(der: Buffer, key: KeyObject): boolean {
  const [toBeSigned, , signature] = inside(items(der)[0]);
  if (!toBeSigned || !signature) return false;
  const { buffer, byteOffset, length } = toBeSigned.content;
  const start = der.byteOffset + headerLength(der);
  return verify('sha256', Buffer.from(buffer, start, byteOffset + length - start), key, signature.content.subarray(1));
}

/** Of the outermost tag and length. */
const headerLength = (der: Buffer) => ((der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f));

export function pathLength(certificate: X509Certificate): number {
  const [, length] = inside(items(extensionOf(certificate, BASIC_CONSTRAINTS) ?? Buffer.alloc(0))[0]);
  return length ? (length.content[0] ?? 0) : Number.POSITIVE_INFINITY;
}

/** RFC 5280, section 4.2.1.10; null where there are none. */
export function nameConstraints(certificate: X509Certificate): { permitted: Names; excluded: Names } | null {
  const value = extensionOf(certificate, NAME_CONSTRAINTS);
  if (!value) return null;
  const trees = inside(items(value)[0]);
  const of = (tag: number) =>
    namesOf(inside(trees.find((each) => each.tag === tag)).flatMap((each: Item) => inside(each)));
  return { permitted: of(0xa0), excluded: of(0xa1) };
}
