/** Ephemeral keys on named groups: the public value for the wire, and the secret that TLS 1.3 makes of the client's. */
import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

/** RFC 8422, section 5.1.1; RFC 8446, section 4.2.7. */
export const GROUP = {
  secp192r1: 19,
  secp224r1: 21,
  secp256k1: 22,
  secp256r1: 23,
  secp384r1: 24,
  secp521r1: 25,
  x25519: 29,
} as const;

/** Those that a server may agree on today, best first. */
export const GOOD_GROUPS = [GROUP.x25519, GROUP.secp256r1, GROUP.secp384r1, GROUP.secp521r1];

const OPENSSL: Record<number, string> = {
  [GROUP.secp192r1]: 'prime192v1',
  [GROUP.secp224r1]: 'secp224r1',
  [GROUP.secp256k1]: 'secp256k1',
  [GROUP.secp256r1]: 'prime256v1',
  [GROUP.secp384r1]: 'secp384r1',
  [GROUP.secp521r1]: 'secp521r1',
};

export interface Share {
  group: number;
  /** As it stands on the wire. */
  value: Buffer;
  /** @throws if the other's value is none of this group. */
  secretWith(other: Buffer): Buffer;
}

/** @throws RangeError for a group that is not in {@link GROUP}. */
export function newShare(group: number): Share {
  if (group === GROUP.x25519) return x25519Share();
  const name = OPENSSL[group];
  if (name === undefined) throw new RangeError(`There is no curve for the group ${group}.`);
  const key = createECDH(name);
  return { group, value: key.generateKeys(), secretWith: (other) => key.computeSecret(other) };
}

function x25519Share(): Share {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    group: GROUP.x25519,
    value: Buffer.from(x, 'base64url'),
    secretWith: (other) =>
      diffieHellman({
        privateKey,
        publicKey: createPublicKey({
          key: { kty: 'OKP', crv: 'X25519', x: other.toString('base64url') },
          format: 'jwk',
        }),
      }),
  };
}
