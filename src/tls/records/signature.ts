/** Real signatures over handshakes, and what may be wrong with one. */
import { constants, createHash, generateKeyPairSync, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import type { Deviation } from './forgery.ts';
import { uint, vector } from './octets.ts';
import type { Offer } from './offer.ts';
import { TLS_1_2 } from './record.ts';
import type { KeyType } from './suites.ts';

/** Schemes by key, best first (RFC 8446, section 4.2.3). In TLS 1.2 an ECDSA scheme names the hash alone. */
const SCHEMES: Record<KeyType, Map<number, string>> = {
  ec: new Map([
    [0x0403, 'sha256'],
    [0x0503, 'sha384'],
    [0x0603, 'sha512'],
    [0x0303, 'sha224'],
    [0x0203, 'sha1'],
  ]),
  rsa: new Map([
    [0x0804, 'sha256'],
    [0x0805, 'sha384'],
    [0x0401, 'sha256'],
    [0x0501, 'sha384'],
    [0x0601, 'sha512'],
    [0x0301, 'sha224'],
    [0x0201, 'sha1'],
  ]),
};
const SHA_1 = { ec: 0x0203, rsa: 0x0201 } as const;
/** What hardly anybody offers any more; strong ones behind, so that there always is one. */
const UNOFFERED = { ec: [0x0303, 0x0203, 0x0603, 0x0503], rsa: [0x0301, 0x0201, 0x0601, 0x0805] } as const;

export const keyTypeOf = ({ asymmetricKeyType }: KeyObject): KeyType => (asymmetricKeyType === 'ec' ? 'ec' : 'rsa');

/** Null: the client offers none that this key can do and, for `unoffered`, none that it does not offer is known. */
export function schemeFor(offer: Offer, key: KeyObject, how: Deviation['signature']): number | null {
  const type = keyTypeOf(key);
  if (how === 'sha1') return SHA_1[type];
  if (how === 'unoffered') return UNOFFERED[type].find((scheme) => !offer.schemes.includes(scheme)) ?? null;
  // RFC 5246, section 7.4.1.4.1: who names none takes SHA-1.
  if (offer.schemes.length === 0) return SHA_1[type];
  return [...SCHEMES[type].keys()].find((scheme) => offer.schemes.includes(scheme)) ?? null;
}

/** The scheme and the signature behind its length, as ServerKeyExchange and CertificateVerify have it. */
export function signed(content: Buffer, key: KeyObject, scheme: number, how: Deviation['signature']): Buffer {
  if (how === 'empty') return Buffer.concat([uint(2, scheme), vector(2)]);
  const signer = how === 'other-key' ? keyLike(key) : key;
  const signature = signWith(content, signer, scheme);
  return Buffer.concat([uint(2, scheme), vector(2, how === 'corrupt' ? corrupted(signature) : signature)]);
}

/** Before TLS 1.2 the scheme is not named: SHA-1, for RSA behind MD5 (RFC 4346, section 7.4.3; RFC 4492, section 5.4). */
export function signedOld(content: Buffer, key: KeyObject): Buffer {
  if (keyTypeOf(key) === 'ec') return vector(2, sign('sha1', content, key));
  const digest = Buffer.concat(['md5', 'sha1'].map((hash) => createHash(hash).update(content).digest()));
  return vector(2, privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digest));
}

export const hasSchemes = (version: number) => version >= TLS_1_2;

function signWith(content: Buffer, key: KeyObject, scheme: number): Buffer {
  const hash = SCHEMES[keyTypeOf(key)].get(scheme) ?? 'sha256';
  const pss = scheme >> 8 === 8;
  return sign(hash, content, {
    key,
    ...(pss && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }),
  });
}

function keyLike(key: KeyObject): KeyObject {
  return keyTypeOf(key) === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: key.asymmetricKeyDetails?.namedCurve ?? 'prime256v1' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: key.asymmetricKeyDetails?.modulusLength ?? 2048 }).privateKey;
}

/** The last bit of the last octet, so that what is around it stays DER. */
function corrupted(signature: Buffer): Buffer {
  const copy = Buffer.from(signature);
  copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 1, copy.length - 1);
  return copy;
}
