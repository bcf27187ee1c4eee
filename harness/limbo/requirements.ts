/**
 * To which clause a case of x509-limbo holds an XMPP client. The suite asks what a validator for the web should do:
 * mostly the profile that RFC 5280, section 4 and the CA/Browser Forum write for CAs, and almost all of its cases are of
 * `undetermined` importance. A client breaks no rule of XMPP where it lets a CA's slip pass. So a case is a `must` only
 * if it is listed here with a clause that binds the client itself; what its authors call high or critical, or leave
 * open, is a warning, and what they call optional is shown.
 */
import { matchesPattern } from '../scenario/glob.ts';
import type { LimboCase } from './file.ts';

const UNLISTED = 'x509-limbo-failure';
const OPTIONAL = 'x509-limbo-optional';

/** The first that matches counts. */
const CLAUSES: [pattern: string, requirement: string][] = [
  // The trust anchor is not part of the path (RFC 5280, section 6.1): whether its own dates count is left open.
  ['rfc5280::validity::expired-root', UNLISTED],
  ['rfc5280::validity::expired-*', 'rfc5280-6.1-validity'],
  ['rfc5280::validity::not-yet-valid-*', 'rfc5280-6.1-validity'],
  ['rfc5280::chain-untrusted-root', 'rfc5280-6.1-path'],
  ['webpki::cryptographydotio-chain-missing-intermediate', 'rfc5280-6.1-path'],
  ['pathological::intermediate-cycle-*', 'rfc5280-6.1-path'],
  ['rfc5280::intermediate-ca-without-ca-bit', 'rfc5280-4.2.1.9-basic-constraints'],
  ['pathlen::intermediate-*', 'rfc5280-4.2.1.9-basic-constraints'],
  ['rfc5280::eku::ee-wrong-eku', 'rfc5280-4.2.1.12-eku'],
  ['webpki::san::mismatch-*', 'rfc9525-6.3-dns-id'],
  ['rfc5280::ca-as-leaf-wrong-san', 'rfc9525-6.3-dns-id'],
  ['webpki::san::wildcard-embedded-*', 'rfc9525-6.3-wildcard-partial'],
  ['webpki::san::wildcard-*', 'rfc9525-6.3-wildcard'],
  ['webpki::san::san-wildcard-only*', 'rfc9525-6.3-wildcard'],
  ['webpki::san::no-san', 'rfc9525-2-no-common-name'],
];

export function requirementOf({ id, expected_result, features }: LimboCase): string {
  const optional = (features ?? []).length > 0;
  if (expected_result === 'SUCCESS') return optional ? OPTIONAL : 'x509-limbo-success';
  if (optional) return OPTIONAL;
  return CLAUSES.find(([pattern]) => matchesPattern(pattern, id))?.[1] ?? UNLISTED;
}
