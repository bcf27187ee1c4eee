/** The keys that a SCRAM server holds of an account (RFC 5802, section 3), derived when first needed and then kept. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Account } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';

export type ScramHash = 'sha1' | 'sha256' | 'sha512';

/** Where a server's keys come from; `iterations` as announced. */
export interface ScramSecret {
  account: Account;
  hash: ScramHash;
  salt: Buffer;
  iterations: number;
}

export interface ScramKeys {
  storedKey: Buffer;
  serverKey: Buffer;
}

/**
 * The highest iteration count that is computed, under a second of blocking. A higher one can be announced, but nobody
 * logs in with it: otherwise a client that answers at once with any proof would stop the whole process for minutes.
 */
export const ITERATIONS_COMPUTED = 1_000_000;

const salts = new WeakMap<Account, Map<string, Buffer>>();
const keys = new WeakMap<Account, Map<string, ScramKeys | null>>();

/** 16 random octets. The same in every login, for a client may keep its keys and skip the derivation (section 5.1). */
export function saltOf(account: Account, hash: ScramHash): Buffer {
  return memoised(salts, account, hash, () => randomBytes(16));
}

/** Null where the count is above `ITERATIONS_COMPUTED`, or where SASLprep refuses the account's password. */
export function scramKeys({ account, hash, salt, iterations }: ScramSecret): ScramKeys | null {
  if (iterations > ITERATIONS_COMPUTED) return null;
  return memoised(keys, account, `${hash} ${iterations} ${salt.toString('hex')}`, () => {
    const password = saslPrep(account.password);
    if (password === null) return null;
    const length = createHash(hash).digest().length;
    const saltedPassword = pbkdf2Sync(password, salt, iterations, length, hash);
    return {
      storedKey: digest(hash, hmac(hash, saltedPassword, 'Client Key')),
      serverKey: hmac(hash, saltedPassword, 'Server Key'),
    };
  });
}

/** HMAC() of section 2.2. */
export function hmac(hash: ScramHash, key: Buffer, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

/** H() of section 2.2. */
export function digest(hash: ScramHash, data: Buffer): Buffer {
  return createHash(hash).update(data).digest();
}

function memoised<T>(memo: WeakMap<Account, Map<string, T>>, account: Account, key: string, make: () => T): T {
  const known = memo.get(account) ?? new Map<string, T>();
  memo.set(account, known);
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
