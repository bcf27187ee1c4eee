/** The initiating side of the SASL mechanisms that it knows: SCRAM (RFC 5802) and PLAIN (RFC 4616). */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

export interface Exchange {
  mechanism: string;
  initial: Buffer;
  /** @throws Error if this is no challenge that a correct server sends. */
  respond(challenge: Buffer): Buffer;
  /** @throws Error if the server has not proved that it knows the password, where the mechanism makes it. */
  finish(additional: Buffer | null): void;
}

export interface Account {
  user: string;
  password: string;
}

/** `offered`: what the other side says that it can; `data`: null where this connection has no such binding. */
export interface Binding {
  offered: boolean;
  data: Buffer | null;
}

const HASHES: Record<string, string> = { 'SCRAM-SHA-512': 'sha512', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' };

/** Best first. Channel binding goes before the hash: it is what a man in the middle cannot pass on. */
export const MECHANISMS = [...Object.keys(HASHES).map((name) => `${name}-PLUS`), ...Object.keys(HASHES), 'PLAIN'];

/** More would stop the process for a while, and only an attacker asks for it. */
const MAX_ITERATIONS = 500_000;

/** RFC 9266; on TLS 1.2 it needs the extended master secret, of which Node says nothing. */
export function tlsExporter(tls: TLSSocket | null): Buffer | null {
  if (tls?.getProtocol() !== 'TLSv1.3') return null;
  return tls.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

/** Null if none of the mechanisms is one of ours. */
export function startExchange(offered: string[], account: Account, data: Buffer | null): Exchange | null {
  const mechanism = MECHANISMS.find((name) => offered.includes(name) && (data !== null || !name.endsWith('-PLUS')));
  if (mechanism === undefined) return null;
  if (mechanism === 'PLAIN') return plain(account);
  return scram(mechanism, account, { offered: offered.some((name) => name.endsWith('-PLUS')), data });
}

function plain({ user, password }: Account): Exchange {
  const refuse = () => {
    throw new Error('PLAIN has no challenge');
  };
  return {
    mechanism: 'PLAIN',
    initial: Buffer.from(`\0${user}\0${password}`),
    respond: refuse,
    finish: () => undefined,
  };
}

function scram(mechanism: string, { user, password }: Account, binding: Binding): Exchange {
  const hash = HASHES[mechanism.replace(/-PLUS$/, '')] ?? '';
  const plus = mechanism.endsWith('-PLUS');
  // RFC 5802, section 6: `y` says that we could bind, and believe that the server cannot.
  const gs2 = plus ? 'p=tls-exporter,,' : binding.data && !binding.offered ? 'y,,' : 'n,,';
  const nonce = randomBytes(18).toString('base64');
  const firstBare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  let expected: Buffer | null = null;

  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();

  return {
    mechanism,
    initial: Buffer.from(gs2 + firstBare),
    respond(challenge) {
      const serverFirst = challenge.toString();
      const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9]\d{0,9})(?:,|$)/.exec(serverFirst);
      const [, fullNonce = '', salt = '', count = ''] = match ?? [];
      if (expected || !fullNonce.startsWith(nonce) || fullNonce === nonce) throw new Error('no challenge of SCRAM');
      if (Number(count) > MAX_ITERATIONS) throw new Error(`${count} iterations`);

      const length = createHash(hash).digest().length;
      const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), Number(count), length, hash);
      const clientKey = hmac(salted, 'Client Key');
      const storedKey = createHash(hash).update(clientKey).digest();
      const bound = Buffer.concat([Buffer.from(gs2), plus && binding.data ? binding.data : Buffer.alloc(0)]);
      const withoutProof = `c=${bound.toString('base64')},r=${fullNonce}`;
      const authMessage = `${firstBare},${serverFirst},${withoutProof}`;
      const signature = hmac(storedKey, authMessage);
      const proof = clientKey.map((octet, index) => octet ^ (signature[index] ?? 0));
      expected = hmac(hmac(salted, 'Server Key'), authMessage);
      return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
    },
    finish(additional) {
      const verifier = Buffer.from(/^v=([^,]+)/.exec(additional?.toString() ?? '')?.[1] ?? '', 'base64');
      if (!expected || verifier.length !== expected.length || !timingSafeEqual(verifier, expected))
        throw new Error('the server has not proved that it knows the password');
    },
  };
}
