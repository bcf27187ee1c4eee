/**
 * Whether the other side's certificate holds. A correct client leaves the chain to Node; for the faults of it the same
 * is written out as a table of checks, of which each fault replaces one.
 */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { type Attempt, localpart } from './attempt.ts';
import { namesIn } from './certificate.ts';
import { type Fault, switchedOn } from './faults.ts';
import { asciiOf, checkNames } from './names.ts';

/** RFC 5280, section 6, as far as the credentials of the table go. */
export interface Checks {
  signed(certificate: X509Certificate, issuer: X509Certificate): boolean;
  mayIssue(issuer: X509Certificate): boolean;
  inTime(certificate: X509Certificate): boolean;
  forServers(leaf: X509Certificate): boolean;
  /** Whether the path may end here, without having come to a trusted CA. */
  trusted(certificate: X509Certificate, leaf: X509Certificate, issuers: X509Certificate[]): boolean;
}

export const correct: Checks = {
  signed: (certificate, issuer) => certificate.verify(issuer.publicKey),
  mayIssue: (issuer) => issuer.ca,
  inTime: ({ validFrom, validTo }) => Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo),
  forServers: ({ keyUsage }) => keyUsage === undefined || keyUsage.includes('1.3.6.1.5.5.7.3.1'),
  trusted: () => false,
};

export const chainFaults: Partial<Record<Fault, Partial<Checks>>> = {
  'trusts-any-chain': { trusted: () => true },
  'trusts-self-signed': {
    trusted: (certificate, leaf) => certificate === leaf && leaf.issuer === leaf.subject && leaf.verify(leaf.publicKey),
  },
  'completes-chain': { trusted: (_certificate, _leaf, issuers) => issuers.length === 0 },
  'skips-dates': { inTime: () => true },
  'skips-usage': { forServers: () => true },
  'skips-basic-constraints': { mayIssue: () => true },
  'skips-signature': { signed: () => true },
};

/** What a fault refuses although it is right. `chain`: as sent. */
const refused: Partial<Record<Fault, (chain: X509Certificate[], version: string | null) => boolean>> = {
  'no-rsa': ([leaf]) => leaf?.publicKey.asymmetricKeyType === 'rsa',
  'no-ecdsa-in-tls-1.2': ([leaf], version) => version === 'TLSv1.2' && leaf?.publicKey.asymmetricKeyType === 'ec',
  'no-intermediate': (chain) => chain.length > 1,
};

/** @param authorized Node's verdict on the chain. */
export function verify(attempt: Attempt, authorized: boolean, ca: Buffer): boolean {
  const { connection, endpoint, has, plan, memory, clear, chain } = attempt;
  if (has('trusts-any') || (has('verifies-once') && memory.wasOnline)) return true;
  if (has('offered-is-verified') && attempt.offered) return true;
  // As with a library that verifies the certificate message, which a resumed handshake has not.
  if (has('keeps-rejected-session') && connection.tls?.isSessionReused()) return true;
  const [leaf] = chain;
  if (!leaf) return has('anonymous');
  if (has('accepts-known-subject') && memory.leaf?.subject === leaf.subject) return true;
  if (has('refuses-new-certificate') && memory.leaf && memory.leaf.fingerprint256 !== leaf.fingerprint256) return false;
  const version = connection.tls?.getProtocol() ?? null;
  if (switchedOn(refused, has).some((refuses) => refuses(chain, version))) return false;
  const changed = switchedOn(chainFaults, has);
  const anchors = [new X509Certificate(ca)];
  const checks: Checks = Object.assign({}, correct, ...changed);
  const holds = changed.length > 0 ? checkChain(chain, anchors, checks) : authorized;
  const told = { localpart: localpart(attempt), dialled: plan.host, headerFrom: clear.from };
  const reference = { ...told, domain: asciiOf(endpoint.domain), asTold: endpoint.domain };
  return holds && (plan.redirected || checkNames(namesIn(leaf.raw), reference, has));
}

/** Whether a path leads from the first certificate of what was sent to an anchor. */
export function checkChain(sent: X509Certificate[], anchors: X509Certificate[], checks: Checks): boolean {
  const [leaf, ...above] = sent;
  if (!leaf || !checks.forServers(leaf)) return false;

  const leads = (certificate: X509Certificate, depth: number): boolean => {
    if (depth > sent.length || !checks.inTime(certificate)) return false;
    const issuers = [...anchors, ...above].filter((issuer) => issuer.subject === certificate.issuer);
    if (checks.trusted(certificate, leaf, issuers)) return true;
    return issuers.some(
      (issuer) =>
        checks.signed(certificate, issuer) &&
        (anchors.includes(issuer) || (checks.mayIssue(issuer) && leads(issuer, depth + 1))),
    );
  };
  return leads(leaf, 0);
}

/** Every certificate of the Certificate message, in its order. To be called once: Node takes the chain out. */
export function sentChain(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let each = socket.getPeerX509Certificate(); each; each = each.issuerCertificate) chain.push(each);
  return chain;
}
