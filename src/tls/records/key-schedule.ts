/**
 * The handshake keys of TLS 1.3 (RFC 8446, sections 5.2, 5.3 and 7). Without them nothing behind a ServerHello could be
 * said, and so nobody could tell whether a client has accepted it.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { uint, vector } from './octets.ts';
import { CONTENT_TYPE, encodeRecord, TLS_1_2, type TlsRecord } from './record.ts';

interface Algorithms {
  hash: 'sha256' | 'sha384';
  cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm';
  keyLength: 16 | 32;
  tagLength: 16 | 8;
}

const AES_128_GCM: Algorithms = { hash: 'sha256', cipher: 'aes-128-gcm', keyLength: 16, tagLength: 16 };

const ALGORITHMS = new Map<number, Algorithms>([
  [0x1301, AES_128_GCM],
  [0x1302, { hash: 'sha384', cipher: 'aes-256-gcm', keyLength: 32, tagLength: 16 }],
  [0x1303, { hash: 'sha256', cipher: 'chacha20-poly1305', keyLength: 32, tagLength: 16 }],
  [0x1304, { ...AES_128_GCM, cipher: 'aes-128-ccm' }],
  [0x1305, { ...AES_128_GCM, cipher: 'aes-128-ccm', tagLength: 8 }],
]);

/** A suite that is none of TLS 1.3 has no algorithms of its own: a client that takes it for one has to take some. */
const algorithmsOf = (suite: number): Algorithms => ALGORITHMS.get(suite) ?? AES_128_GCM;

export const hashOf = (suite: number) => algorithmsOf(suite).hash;

export interface Protection {
  /** The next record; `type` is the real one. */
  seal(type: number, content: Buffer): Buffer;
  /** Null where it does not decrypt. */
  open(record: TlsRecord): { type: number; content: Buffer } | null;
  /** `verify_data` of a Finished message behind this transcript. */
  verifyData(transcript: Buffer): Buffer;
}

export interface Keys {
  client: Protection;
  server: Protection;
}

/**
 * `secret`: of the key agreement. `transcript`: ClientHello to ServerHello; that of `application` goes on to the server's
 * Finished.
 */
export function handshakeProtection(
  suite: number,
  secret: Buffer,
  transcript: Buffer,
): Keys & { application(transcript: Buffer): Keys } {
  const algorithms = algorithmsOf(suite);
  const { hash } = algorithms;
  const digest = (content: Buffer) => createHash(hash).update(content).digest();
  const nothing = Buffer.alloc(digest(Buffer.alloc(0)).length);
  const extract = (salt: Buffer, key: Buffer) => createHmac(hash, salt).update(key).digest();
  const derive = (from: Buffer, label: string, content: Buffer) =>
    expandLabel(hash, from, label, digest(content), nothing.length);
  const next = (from: Buffer, key: Buffer) => extract(derive(from, 'derived', Buffer.alloc(0)), key);
  const handshake = next(extract(nothing, nothing), secret);
  const keys = (from: Buffer, which: 'hs' | 'ap', content: Buffer): Keys => ({
    client: protection(algorithms, derive(from, `c ${which} traffic`, content)),
    server: protection(algorithms, derive(from, `s ${which} traffic`, content)),
  });
  return {
    ...keys(handshake, 'hs', transcript),
    application: (content) => keys(next(handshake, nothing), 'ap', content),
  };
}

function protection({ hash, cipher, keyLength, tagLength }: Algorithms, secret: Buffer): Protection {
  const length = createHash(hash).digest().length;
  const key = expandLabel(hash, secret, 'key', Buffer.alloc(0), keyLength);
  const iv = expandLabel(hash, secret, 'iv', Buffer.alloc(0), 12);
  const finishedKey = expandLabel(hash, secret, 'finished', Buffer.alloc(0), length);
  let sealed = 0;
  let opened = 0;

  const nonce = (sequence: number) => {
    const copy = Buffer.from(iv);
    copy.writeUInt32BE((copy.readUInt32BE(8) ^ sequence) >>> 0, 8);
    return copy;
  };
  // The types of Node have one overload for each kind of cipher; what they do is the same.
  const name = cipher as 'aes-128-ccm';
  const options = { authTagLength: tagLength };

  return {
    seal(type, content) {
      const inner = Buffer.concat([content, uint(1, type)]);
      const aad = header(inner.length + tagLength);
      const aead = createCipheriv(name, key, nonce(sealed), options);
      sealed += 1;
      aead.setAAD(aad, { plaintextLength: inner.length });
      const fragment = Buffer.concat([aead.update(inner), aead.final(), aead.getAuthTag()]);
      return encodeRecord({ type: CONTENT_TYPE.applicationData, version: TLS_1_2, fragment });
    },
    open({ fragment }) {
      const end = fragment.length - tagLength;
      if (end < 1) return null;
      try {
        const aead = createDecipheriv(name, key, nonce(opened), options);
        aead.setAuthTag(fragment.subarray(end));
        aead.setAAD(header(fragment.length), { plaintextLength: end });
        const inner = Buffer.concat([aead.update(fragment.subarray(0, end)), aead.final()]);
        opened += 1;
        return withoutPadding(inner);
      } catch {
        return null;
      }
    },
    verifyData: (transcript) =>
      createHmac(hash, finishedKey).update(createHash(hash).update(transcript).digest()).digest(),
  };
}

const header = (length: number) =>
  Buffer.concat([uint(1, CONTENT_TYPE.applicationData), uint(2, TLS_1_2), uint(2, length)]);

/** RFC 8446, section 5.2: the type is the last octet that is not zero. */
function withoutPadding(inner: Buffer): { type: number; content: Buffer } | null {
  const at = inner.findLastIndex((octet) => octet !== 0);
  return at < 0 ? null : { type: inner.readUInt8(at), content: inner.subarray(0, at) };
}

function expandLabel(hash: string, secret: Buffer, label: string, context: Buffer, length: number): Buffer {
  const info = Buffer.concat([uint(2, length), vector(1, Buffer.from(`tls13 ${label}`)), vector(1, context)]);
  // RFC 5869, section 2.3: nothing here is longer than one block.
  return createHmac(hash, secret)
    .update(Buffer.concat([info, uint(1, 1)]))
    .digest()
    .subarray(0, length);
}
