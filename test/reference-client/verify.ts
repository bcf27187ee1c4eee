/**
 * Whether the other side's certificate holds. For the chain a correct client wants both Node and its own table of checks to
 * agree; for the faults of it, of which each replaces one check, the table alone decides.
 */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { type Attempt, isElsewhere, localpart } from './attempt.ts';
import { namesIn } from './certificate.ts';
import { type Fault, switchedOn } from './faults.ts';
import { extensionOf, fieldsOf, KEY_USAGE, NAME_CONSTRAINTS, PURPOSES, pathLength, TLS_FEATURE } from './fields.ts';
import { asciiOf, checkNames } from './names.ts';
import { chainFaults, checkChain, correct } from './path.ts';
import { checkStaple } from './staple.ts';

type Refuses = (leaf: X509Certificate, chain: X509Certificate[], version: string | null) => boolean;

const DAY = 86_400_000;
const keyType = ({ publicKey }: X509Certificate) => publicKey.asymmetricKeyType;
const curve = ({ publicKey }: X509Certificate) => publicKey.asymmetricKeyDetails?.namedCurve;

/** What a fault refuses although it is right. `chain`: as sent. */
const refused: Partial<Record<Fault, Refuses>> = {
  'no-rsa': (leaf) => keyType(leaf) === 'rsa',
  'no-long-rsa': ({ publicKey }) => (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) > 2048,
  'no-ecdsa-in-tls-1.2': (leaf, _chain, version) => version === 'TLSv1.2' && keyType(leaf) === 'ec',
  'no-p-384': (leaf) => curve(leaf) === 'secp384r1',
  'no-ed25519': (leaf) => keyType(leaf) === 'ed25519',
  'no-rsa-pss': (leaf) => keyType(leaf) === 'rsa-pss',
  'no-sha384': (leaf) => fieldsOf(leaf).algorithm.includes('2a8648ce3d040303'),
  'no-intermediate': (_leaf, chain) => chain.length > 1,
  'no-rsa-intermediate': (_leaf, chain) => chain.slice(1).some((issuer) => keyType(issuer) === 'rsa'),
  'one-intermediate-only': (_leaf, chain) => chain.length > 2,
  'no-path-length': (_leaf, chain) => chain.slice(1).some((issuer) => Number.isFinite(pathLength(issuer))),
  'no-name-constraints': (_leaf, chain) => chain.some((issuer) => extensionOf(issuer, NAME_CONSTRAINTS) !== undefined),
  'follows-sent-chain': (_leaf, chain) => chain.some((each) => !correct.inTime(each)),
  'needs-ordered-chain': (_leaf, chain) => chain.some((each, at) => at > 0 && chain[at - 1]?.issuer !== each.subject),
  'needs-eku': (leaf) => extensionOf(leaf, PURPOSES) === undefined,
  'one-purpose-only': (leaf) => (leaf.keyUsage?.length ?? 0) > 1,
  'needs-key-usage': (leaf) => extensionOf(leaf, KEY_USAGE) === undefined,
  'no-unknown-extension': (leaf) => fieldsOf(leaf).extensions.some(({ id }) => id.startsWith('2b0601040181fd59')),
  'slow-clock': ({ validFrom }) => Date.parse(validFrom) > Date.now() - 60_000,
  'no-long-validity': ({ validFrom, validTo }) => Date.parse(validTo) - Date.parse(validFrom) > 398 * DAY,
  'no-odd-serial': (leaf) => {
    const { serial } = fieldsOf(leaf);
    return (serial[0] ?? 0) >= 0x80 || serial.every((octet) => octet === 0);
  },
  'no-must-staple': (leaf) => extensionOf(leaf, TLS_FEATURE) !== undefined,
};

/**
 * @param authorized Node's verdict on the chain.
 * @param staple The OCSP response that came with it.
 */
export function verify(attempt: Attempt, authorized: boolean, ca: Buffer, staple: Buffer | null): boolean {
  const { connection, endpoint, has, plan, memory, clear, chain } = attempt;
  if ((has('token-to-anyone') && memory.token) || (has('resumes-with-anyone') && memory.resumable)) return true;
  if (has('external-to-anyone') && endpoint.certFile) return true;
  if (has('trusts-any') || (has('verifies-once') && memory.wasOnline)) return true;
  if (has('trusts-redirect') && isElsewhere(attempt)) return true;
  if (has('offered-is-verified') && attempt.offered) return true;
  // As with a library that verifies the certificate message, which a resumed handshake has not.
  if (has('keeps-rejected-session') && connection.tls?.isSessionReused()) return true;
  const [leaf] = chain;
  if (!leaf) return has('anonymous');
  if (has('remembers-shown-certificate') && memory.shown.has(leaf.fingerprint256)) return true;
  memory.shown.add(leaf.fingerprint256);
  if (has('accepts-known-subject') && memory.leaf?.subject === leaf.subject) return true;
  if (has('refuses-new-certificate') && memory.leaf && memory.leaf.fingerprint256 !== leaf.fingerprint256) return false;
  const version = connection.tls?.getProtocol() ?? null;
  if (switchedOn(refused, has).some((refuses) => refuses(leaf, chain, version))) return false;
  const changed = switchedOn(chainFaults, has);
  const anchors = certificatesIn(ca);
  const issuer = [...anchors, ...chain].find(({ subject }) => subject === leaf.issuer);
  const holds =
    checkChain(chain, anchors, Object.assign({}, correct, ...changed)) && (changed.length > 0 || authorized);
  const service = attempt.server ? ('_xmpp-server' as const) : ('_xmpp-client' as const);
  const told = {
    localpart: localpart(attempt),
    service,
    dialled: plan.host,
    address: plan.address ?? plan.host,
    headerFrom: clear.from,
  };
  const domain = has('name-of-redirect') && isElsewhere(attempt) ? plan.host : endpoint.domain;
  const reference = { ...told, domain: asciiOf(domain), asTold: domain };
  return (
    holds &&
    (!plan.asksForStaple || connection.tls?.isSessionReused() || checkStaple(staple, leaf, issuer ?? leaf, has)) &&
    (plan.redirected ||
      (has('redirect-clears-name') && memory.redirectUnread) ||
      checkNames(namesIn(leaf.raw), reference, has))
  );
}

/** The CA file may hold several: a relay's server has a CA of its own. */
const certificatesIn = (ca: Buffer) =>
  (ca.toString().match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );

/** Every certificate of the Certificate message, in its order. To be called once: Node takes the chain out. */
export function sentChain(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let each = socket.getPeerX509Certificate(); each; each = each.issuerCertificate) chain.push(each);
  return chain;
}
