/** How certificates and OCSP responses are signed: X.509's AlgorithmIdentifiers, the broken ones included. */
import { type KeyObject, sign } from 'node:crypto';
import { bitString, nothing, oid, sequence } from './der.ts';

export type Hash = 'sha256' | 'sha384' | 'sha1' | 'md5';

/** RFC 5758, section 3.2; there is no ECDSA with MD5. */
const ECDSA: Partial<Record<Hash, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha1: '1.2.840.10045.4.1',
};

/** RFC 8017, appendix A.2.4: PKCS #1 version 1.5, with NULL as parameter. */
const RSA: Record<Hash, string> = {
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha1: '1.2.840.113549.1.1.5',
  md5: '1.2.840.113549.1.1.4',
};

/** @throws RangeError where there is no such algorithm. */
export function algorithmIdentifier(key: KeyObject, hash: Hash = 'sha256'): Buffer {
  const rsa = key.asymmetricKeyType === 'rsa';
  const id = rsa ? RSA[hash] : ECDSA[hash];
  if (id === undefined) throw new RangeError(`no signature with ${key.asymmetricKeyType} and ${hash}`);
  return rsa ? sequence(oid(id), nothing()) : sequence(oid(id));
}

/** `SEQUENCE { content, algorithm, signature }`, as certificates and OCSP's basic responses are. */
export const signed = (content: Buffer, key: KeyObject, hash: Hash = 'sha256'): Buffer =>
  sequence(content, algorithmIdentifier(key, hash), bitString(sign(hash, content, key)));
