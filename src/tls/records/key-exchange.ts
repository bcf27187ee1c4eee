/** The parameters of ServerKeyExchange, for ECDHE (RFC 8422, section 5.4), DHE (RFC 5246, section 7.4.3) and FREAK. */
import { generateKeyPairSync, getDiffieHellman, randomBytes } from 'node:crypto';
import type { Deviation, DH_DEVIATIONS, FlightKind } from './forgery.ts';
import { uint, vector } from './octets.ts';
import type { Offer } from './offer.ts';
import { GOOD_GROUPS, GROUP, newShare, type Share } from './share.ts';

const NAMED_CURVE = 3;

/** Null: the client does not offer what this takes. */
export function ecdheParameters(offer: Offer, { curve, group, point }: FlightKind & Deviation): Buffer | null {
  const share = group === 'unoffered' ? unofferedShare(offer) : offeredShare(offer.groups, curve);
  if (!share) return null;
  const value = point ? wrongPoint(share, point) : share.value;
  return Buffer.concat([uint(1, NAMED_CURVE), uint(2, share.group), vector(1, value)]);
}

/**
 * On the curve that is wanted, or on the first that is offered. A client that names none takes any (RFC 8422, section 4).
 *
 * @throws where the client has curves of the wanted kind, none of which is known here: that is not the client's merit.
 */
export function offeredShare(groups: readonly number[], curve: FlightKind['curve']): Share | null {
  const candidates = GOOD_GROUPS.filter(
    (one) => curve === undefined || (one === GROUP.x25519) === (curve === 'x25519'),
  );
  const group = groups.length === 0 ? candidates[0] : candidates.find((one) => groups.includes(one));
  if (group !== undefined) return newShare(group);
  if ((curve !== 'x25519' && groups.some(isPrimeCurve)) || (curve === undefined && groups.includes(X448)))
    throw new Error('the client takes no curve that is known here');
  return null;
}

const X448 = 30;
/** RFC 7919 has groups without a curve from 256 on. */
const isPrimeCurve = (group: number) => group < 0x0100 && group !== GROUP.x25519 && group !== X448;

/** Weak ones first: they are worth most to an attacker. */
const SELDOM_OFFERED = [GROUP.secp192r1, GROUP.secp224r1, GROUP.secp256k1, GROUP.secp521r1, GROUP.secp384r1];

function unofferedShare({ groups }: Offer): Share | null {
  const group = SELDOM_OFFERED.find((one) => !groups.includes(one));
  return group === undefined ? null : newShare(group);
}

function wrongPoint({ value }: Share, how: NonNullable<Deviation['point']>): Buffer {
  if (how === 'zero') return Buffer.alloc(value.length);
  if (how === 'infinity') return Buffer.alloc(1);
  if (how === 'short') return value.subarray(0, -1);
  const moved = Buffer.from(value);
  moved.writeUInt8(moved.readUInt8(moved.length - 1) ^ 1, moved.length - 1);
  return moved;
}

type DhDeviation = keyof typeof DH_DEVIATIONS;

/** The prime of 512 bits that Apache shipped and the Logjam paper broke; RFC 2409, section 6.1; RFC 3526, section 3. */
const PRIMES = {
  512: '9fdb8b8a004544f0045f1737d0ba2e0b274cdf1a9f588218fb435316a16e374171fd19d8d8f37c39bf863fd60e3e300680a3030c6e4c3757d08f70e6aa871033',
  768: () => getDiffieHellman('modp1').getPrime('hex'),
  1024: () => getDiffieHellman('modp2').getPrime('hex'),
  2048: () => getDiffieHellman('modp14').getPrime('hex'),
} as const;

export function dheParameters(deviation: DhDeviation | undefined): Buffer {
  const p = BigInt(`0x${primeFor(deviation)}`);
  const g = deviation === 'g-1' ? 1n : 2n;
  const x = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const wrong = { 'y-0': 0n, 'y-1': 1n, 'y-p-1': p - 1n } as const;
  const y = deviation && deviation in wrong ? wrong[deviation as keyof typeof wrong] : power(g, x, p);
  return Buffer.concat([p, g, y].map((number) => vector(2, bigEndian(number))));
}

function primeFor(deviation: DhDeviation | undefined): string {
  if (deviation === '512-bit') return PRIMES[512];
  if (deviation === '768-bit') return PRIMES[768]();
  if (deviation === '1024-bit') return PRIMES[1024]();
  // Two below a prime that is no twin: odd, of the same size, and nothing else gives it away.
  if (deviation === 'composite') return (BigInt(`0x${PRIMES[2048]()}`) - 2n).toString(16);
  return PRIMES[2048]();
}

/** An RSA key that was strong enough for nobody, in place of the certificate's. */
export function exportParameters(): Buffer {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 512 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([n, e].map((number) => vector(2, Buffer.from(number, 'base64url'))));
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function bigEndian(number: bigint): Buffer {
  const digits = number.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}
