/**
 * The little of ASN.1 DER (X.690) that certificates need, written out so that a credential can be wrong in exactly one
 * octet. A library encodes only what is right, and takes 5 to 10 ms for a leaf; this takes well under one.
 */

const encode = (tag: number, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length, ...length), body]);
};

export const sequence = (...items: Uint8Array[]): Buffer => encode(0x30, ...items);
export const set = (...items: Uint8Array[]): Buffer => encode(0x31, ...items);
export const boolean = (value: boolean): Buffer => encode(0x01, Buffer.of(value ? 0xff : 0));
export const nothing = (): Buffer => encode(0x05);
export const enumerated = (value: number): Buffer => encode(0x0a, Buffer.of(value));
export const octetString = (octets: Uint8Array): Buffer => encode(0x04, octets);
export const bitString = (octets: Uint8Array, unused = 0): Buffer => encode(0x03, Buffer.of(unused), octets);
export const utf8String = (text: string): Buffer => encode(0x0c, Buffer.from(text, 'utf8'));
/** Not checked to be ASCII, nor to be free of NUL: that is what some credentials are about. */
export const ia5String = (text: string): Buffer => encode(0x16, Buffer.from(text, 'latin1'));

/** `[number]` with content that is an encoding itself (EXPLICIT tags, and IMPLICIT ones of constructed types). */
export const tagged = (number: number, ...items: Uint8Array[]): Buffer => encode(0xa0 | number, ...items);
/** `[number] IMPLICIT` of a primitive type: the bare octets. */
export const taggedOctets = (number: number, octets: Uint8Array): Buffer => encode(0x80 | number, octets);

/** `magnitude`: big-endian and unsigned. The result is never negative. */
export function integer(magnitude: Uint8Array | number): Buffer {
  const octets = typeof magnitude === 'number' ? Buffer.of(magnitude) : magnitude;
  return (octets[0] ?? 0) < 0x80 ? encode(0x02, octets) : encode(0x02, Buffer.of(0), octets);
}

/** Two's complement, as it stands: negative where the first bit is set, which {@link integer} never is. */
export const signedInteger = (octets: Uint8Array): Buffer => encode(0x02, octets);

/** `dotted`: such as `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128))
      groups.unshift((high & 0x7f) | 0x80);
    octets.push(...groups);
  }
  return encode(0x06, Buffer.from(octets));
}

/** OCSP knows no other. */
export const generalizedTime = (date: Date): Buffer => encode(0x18, Buffer.from(digitsOf(date)));

/** UTCTime whatever the year: of its century nothing remains. */
export const utcTime = (date: Date): Buffer => encode(0x17, Buffer.from(digitsOf(date).slice(2)));

/** UTCTime until the end of 2049 and GeneralizedTime from then on, as RFC 5280, section 4.1.2.5 demands. */
export const time = (date: Date): Buffer => (date.getUTCFullYear() < 2050 ? utcTime(date) : generalizedTime(date));

const digitsOf = (date: Date) => `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;

/** The encodings inside a constructed one. For our own well-formed certificates only: lengths are not checked. */
export function children(der: Buffer): Buffer[] {
  const items: Buffer[] = [];
  for (let at = headerLength(der, 0); at < der.length; ) {
    const end = at + headerLength(der, at) + contentLength(der, at);
    items.push(der.subarray(at, end));
    at = end;
  }
  return items;
}

const headerLength = (der: Buffer, at: number): number => {
  const first = der.readUInt8(at + 1);
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
};

const contentLength = (der: Buffer, at: number): number => {
  const first = der.readUInt8(at + 1);
  return first < 0x80 ? first : der.readUIntBE(at + 2, first & 0x7f);
};
