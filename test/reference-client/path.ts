/** Path validation as a table of checks (RFC 5280, section 6), of which each fault replaces one. */
import type { X509Certificate } from 'node:crypto';
import type { Names } from './certificate.ts';
import type { Fault } from './faults.ts';
import {
  BASIC_CONSTRAINTS,
  fieldsOf,
  isOneValue,
  isSigned,
  KEY_USAGE,
  keyUsage,
  NAME_CONSTRAINTS,
  nameConstraints,
  PURPOSES,
  pathLength,
  SUBJECT_ALT_NAME,
  saysCa,
} from './fields.ts';

export interface Checks {
  signed(certificate: X509Certificate, issuer: X509Certificate): boolean;
  isCa(issuer: X509Certificate): boolean;
  /** By its key usage. */
  mayCertify(issuer: X509Certificate): boolean;
  mayServe(leaf: X509Certificate): boolean;
  inTime(certificate: X509Certificate): boolean;
  /** By the extended key usage. */
  forServers(certificate: X509Certificate): boolean;
  understood(certificate: X509Certificate): boolean;
  wellFormed(certificate: X509Certificate): boolean;
  strongKey(certificate: X509Certificate): boolean;
  strongHash(certificate: X509Certificate): boolean;
  /** `depth`: how many CAs stand below. */
  longEnough(issuer: X509Certificate, depth: number): boolean;
  permits(issuer: X509Certificate, leaf: X509Certificate): boolean;
  /** Whether the path may end here, without having come to a trusted CA. */
  trusted(certificate: X509Certificate, leaf: X509Certificate, issuers: X509Certificate[]): boolean;
}

/** Bits of key usage. */
const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;
const SERVER = '1.3.6.1.5.5.7.3.1';
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, KEY_USAGE, SUBJECT_ALT_NAME, PURPOSES, NAME_CONSTRAINTS]);
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
/** ecdsa-with-SHA1, md5WithRSAEncryption, sha1WithRSAEncryption. */
const WEAK_HASHES = ['2a8648ce3d0401', '2a864886f70d010104', '2a864886f70d010105'];

/** Stricter than OpenSSL, which takes for good what RFC 9325 and RFC 5280 bind servers and CAs to. */
export const correct: Checks = {
  signed: (certificate, issuer) => certificate.verify(issuer.publicKey),
  isCa: (issuer) => saysCa(issuer) && fieldsOf(issuer).version > 1,
  mayCertify: (issuer) => keyUsage(issuer, KEY_CERT_SIGN),
  mayServe: (leaf) => keyUsage(leaf, DIGITAL_SIGNATURE),
  inTime: ({ validFrom, validTo }) => Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo),
  forServers: ({ keyUsage: purposes }) => purposes === undefined || purposes.includes(SERVER),
  understood: (certificate) =>
    fieldsOf(certificate).extensions.every(({ id, critical }) => !critical || UNDERSTOOD.has(id)),
  wellFormed: (certificate) => {
    const { version, claimedAlgorithm, algorithm, hasIssuer, extensions } = fieldsOf(certificate);
    const ids = new Set(extensions.map(({ id }) => id));
    return (
      (version === 3 || (version === 1 && extensions.length === 0)) &&
      claimedAlgorithm === algorithm &&
      hasIssuer &&
      ids.size === extensions.length &&
      extensions.every(({ id, value }) => !UNDERSTOOD.has(id) || isOneValue(value))
    );
  },
  strongKey: (certificate) => {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = asymmetricKeyDetails ?? {};
    if (asymmetricKeyType === 'ec') return CURVES.has(namedCurve) && !fieldsOf(certificate).explicitCurve;
    return (
      asymmetricKeyType === 'ed25519' || (asymmetricKeyType !== 'dsa' && modulusLength >= 2048 && publicExponent > 3n)
    );
  },
  strongHash: (certificate) => !WEAK_HASHES.some((id) => fieldsOf(certificate).algorithm.includes(id)),
  longEnough: (issuer, depth) => pathLength(issuer) >= depth,
  permits: (issuer, leaf) => within(fieldsOf(leaf).names, nameConstraints(issuer)),
  trusted: () => false,
};

export const chainFaults: Partial<Record<Fault, Partial<Checks>>> = {
  'trusts-any-chain': { trusted: () => true },
  'trusts-self-signed': {
    trusted: (certificate, leaf) => certificate === leaf && leaf.issuer === leaf.subject && leaf.verify(leaf.publicKey),
  },
  'completes-chain': { trusted: (_certificate, _leaf, issuers) => issuers.length === 0 },
  'skips-dates': { inTime: () => true },
  'dates-of-this-century': {
    inTime: (certificate) => correct.inTime(certificate) || /19[0-6]\d GMT$/.test(certificate.validTo),
  },
  'skips-usage': { forServers: () => true, mayServe: () => true },
  'skips-basic-constraints': { isCa: () => true, mayCertify: () => true },
  'skips-key-usage': { mayCertify: () => true },
  'skips-path-length': { longEnough: () => true },
  'skips-name-constraints': { permits: () => true },
  // A common name is no dNSName, so that a constraint for those does not bind it.
  'name-cn': {
    permits: (issuer, leaf) => within({ ...fieldsOf(leaf).names, commonNames: [] }, nameConstraints(issuer)),
  },
  'skips-critical': { understood: () => true },
  // Node's own check wants the two algorithms to be equal.
  'skips-form': { wellFormed: () => true, signed: ({ raw }, { publicKey }) => isSigned(raw, publicKey) },
  'skips-strength': { strongKey: () => true, strongHash: () => true },
  'skips-signature': { signed: () => true },
};

/** Signatures that are tried before a chain is given up: RFC 5280 says nothing of it, and x509 libraries have such a limit. */
const MOST_STEPS = 200;

/** Whether a path leads from the first certificate of what was sent to an anchor. */
export function checkChain(sent: X509Certificate[], anchors: X509Certificate[], checks: Checks): boolean {
  const [leaf, ...above] = sent;
  if (!leaf || !checks.mayServe(leaf)) return false;
  let steps = 0;

  const leads = (certificate: X509Certificate, depth: number): boolean => {
    if (depth > sent.length || !holds(certificate, checks)) return false;
    const issuers = [...anchors, ...above].filter((issuer) => issuer.subject === certificate.issuer);
    if (checks.trusted(certificate, leaf, issuers)) return true;
    return issuers.some((issuer) => {
      steps += 1;
      if (steps > MOST_STEPS || !checks.signed(certificate, issuer)) return false;
      return anchors.includes(issuer) || (mayIssue(issuer, depth) && leads(issuer, depth + 1));
    });
  };
  const mayIssue = (issuer: X509Certificate, depth: number) =>
    checks.isCa(issuer) &&
    checks.mayCertify(issuer) &&
    checks.longEnough(issuer, depth) &&
    checks.permits(issuer, leaf);
  return leads(leaf, 0);
}

const holds = (certificate: X509Certificate, checks: Checks): boolean =>
  checks.inTime(certificate) &&
  checks.forServers(certificate) &&
  checks.understood(certificate) &&
  checks.wellFormed(certificate) &&
  checks.strongKey(certificate) &&
  checks.strongHash(certificate);

/** A form of name that it knows no constraint for is one that it cannot process, where the leaf has such a name. */
function within(leaf: Names, constraints: { permitted: Names; excluded: Names } | null): boolean {
  if (constraints === null) return true;
  const { permitted, excluded } = constraints;
  const hosts = leaf.dns.length > 0 ? leaf.dns : leaf.commonNames;
  const covers = (constraint: string, host: string) => host === constraint || host.endsWith(`.${constraint}`);
  if (leaf.srv.length > 0 && [...permitted.srv, ...excluded.srv].length > 0) return false;
  return hosts.every(
    (host) =>
      (permitted.dns.length === 0 || permitted.dns.some((constraint) => covers(constraint, host))) &&
      !excluded.dns.some((constraint) => covers(constraint, host)),
  );
}
