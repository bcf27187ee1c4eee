/** The client of SCRAM (RFC 5802), with and without channel binding. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { Has } from './faults.ts';
import type { Account, Context, Exchange } from './sasl.ts';

export const HASHES: Record<string, string> = {
  'SCRAM-SHA-512': 'sha512',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-1': 'sha1',
};

/** More would stop the process for a while, and only an attacker asks for it. */
const MAX_ITERATIONS = 500_000;
/** RFC 7677, section 4: what every server should announce at least. */
const MIN_ITERATIONS = 4_096;

const SERVER_FIRST =
  /^(?<extension>m=[^,]*,)?r=(?<nonce>[\x21-\x2b\x2d-\x7e]+),s=(?<salt>[A-Za-z0-9+/=]+),i=(?<count>[1-9]\d{0,9})(?:,|$)/;

export function scram(mechanism: string, { user, password }: Account, context: Context): Exchange {
  const { has, memory, binding } = context;
  const hash = HASHES[mechanism.replace(/-PLUS$/, '')] ?? '';
  const plus = mechanism.endsWith('-PLUS');
  const gs2 = gs2Header(plus, context);
  const nonce = has('reuses-nonce') && memory.nonce ? memory.nonce : randomBytes(18).toString('base64');
  memory.nonce = nonce;
  const firstBare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  let expected: Buffer | null = null;

  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();

  return {
    mechanism,
    initial: Buffer.from(gs2 + firstBare),
    async respond(challenge) {
      const serverFirst = challenge.toString();
      const { extension, nonce: fullNonce = '', salt = '', count = '' } = SERVER_FIRST.exec(serverFirst)?.groups ?? {};
      if (expected || !extends_(fullNonce, nonce, has)) throw new Error('no challenge of SCRAM');
      if (extension && !has('ignores-extension')) throw new Error('an extension that it does not know');
      if (wrongHash(serverFirst, hash, context)) throw new Error('the list of mechanisms was changed on the way');
      const iterations = await iterationsFrom(Number(count), context);

      const length = createHash(hash).digest().length;
      const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), iterations, length, hash);
      const clientKey = hmac(salted, 'Client Key');
      const storedKey = createHash(hash).update(clientKey).digest();
      const bound = Buffer.concat([Buffer.from(gs2), plus && binding ? binding.data : Buffer.alloc(0)]);
      const withoutProof = `c=${bound.toString('base64')},r=${fullNonce}`;
      const authMessage = `${firstBare},${serverFirst},${withoutProof}`;
      const signature = hmac(storedKey, authMessage);
      const proof = clientKey.map((octet, index) => octet ^ (signature[index] ?? 0));
      expected = hmac(hmac(salted, 'Server Key'), authMessage);
      return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
    },
    finish(additional) {
      const verifier = Buffer.from(/^v=([^,]+)/.exec(additional?.toString() ?? '')?.[1] ?? '', 'base64');
      if (has('skips-signature-check') || (has('empty-success') && additional === null)) return;
      const compared =
        has('short-signature') && verifier.length > 0 ? expected?.subarray(0, verifier.length) : expected;
      if (!compared || verifier.length !== compared.length || !timingSafeEqual(verifier, compared))
        throw new Error('the server has not proved that it knows the password');
    },
  };
}

/** RFC 5802, section 6: `y` says that we could bind, and believe that the server cannot. */
function gs2Header(plus: boolean, { has, offered, types, binding }: Context): string {
  if (plus) return `p=${has('binds-as-listed') ? types?.[0] : binding?.type},,`;
  return binding && !offered.some((name) => name.endsWith('-PLUS')) && !has('denies-binding') ? 'y,,' : 'n,,';
}

/** Section 5.1: it begins with our own, and the server has added something. */
function extends_(fullNonce: string, nonce: string, has: Has): boolean {
  if (has('foreign-nonce')) return true;
  if (has('nonce-anywhere')) return fullNonce.includes(nonce);
  return fullNonce.startsWith(nonce) && fullNonce !== nonce;
}

async function iterationsFrom(count: number, { has, memory }: Context): Promise<number> {
  if (count < MIN_ITERATIONS && !has('low-iterations')) throw new Error(`only ${count} iterations`);
  if (count <= MAX_ITERATIONS) return count;
  if (has('iterations-32-bit')) return Math.min(Math.max(count >>> 0, 1), MAX_ITERATIONS);
  // As long as it would take to compute them, but without the heat.
  if (has('computes-any-iterations')) await once(memory.signal, 'abort');
  throw new Error(`${count} iterations`);
}

/** XEP-0474, section 4.2. Without the attribute there is nothing to compare. */
function wrongHash(serverFirst: string, hash: string, { has, offered, types }: Context): boolean {
  const sent = /,h=([^,]+)/.exec(serverFirst)?.[1];
  if (sent === undefined || has('skips-downgrade-hash')) return false;
  const list = [offered, ...(types ? [types] : [])].map((each) => [...each].sort().join('\x1e')).join('\x1f');
  return sent !== createHash(hash).update(list).digest('base64');
}
