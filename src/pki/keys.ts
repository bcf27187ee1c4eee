/** Keys of other kinds than P-256. Those that take long to make are made once a run, when first asked for. */
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Authority } from './authority.ts';

const generate = promisify(generateKeyPair);

/** In the thread pool: 2048 bits take 50 to 500 ms, 4096 up to some seconds. */
export const rsaKey = (authority: Authority, bits: number, publicExponent = 0x10001): Promise<KeyObject> =>
  authority.once(`rsa-${bits}-${publicExponent}`, async () => {
    const { privateKey } = await generate('rsa', { modulusLength: bits, publicExponent });
    return privateKey;
  });

/** Signs with RSASSA-PSS only: its OID says so (RFC 8446, section 4.2.3, `rsa_pss_pss_sha256`). */
export const pssKey = (authority: Authority): Promise<KeyObject> =>
  authority.once('rsa-pss-2048', async () => (await generate('rsa-pss', { modulusLength: 2048 })).privateKey);

/** `explicit`: the curve is not named, its equation is written out. */
export const ecKey = async (namedCurve: string, paramEncoding: 'named' | 'explicit' = 'named'): Promise<KeyObject> =>
  (await generate('ec', { namedCurve, paramEncoding })).privateKey;

export const ed25519Key = async (): Promise<KeyObject> => (await generate('ed25519')).privateKey;

export const dsaKey = (authority: Authority): Promise<KeyObject> =>
  authority.once(
    'dsa-2048',
    async () => (await generate('dsa', { modulusLength: 2048, divisorLength: 256 })).privateKey,
  );

/** With the public exponent 1: whoever knows the public key can sign, and every message is its own signature. */
export async function oneKey(authority: Authority): Promise<KeyObject> {
  const key = (await rsaKey(authority, 2048)).export({ format: 'jwk' });
  return createPrivateKey({ format: 'jwk', key: { ...key, e: 'AQ', d: 'AQ', dp: 'AQ', dq: 'AQ' } });
}
