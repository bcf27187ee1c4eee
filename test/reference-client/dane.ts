/** DANE between servers (RFC 6698, RFC 7671, RFC 7673), as a correct server does it. */
import { createHash, type X509Certificate } from 'node:crypto';
import type { TlsaData } from 'dns-packet';
import type { Attempt } from './attempt.ts';
import { namesIn } from './certificate.ts';
import { asciiOf, isNamed } from './names.ts';
import { checkChain, correct } from './path.ts';

/** What signed records say. */
export interface Dane {
  /** The host that the SRV record leads to: one of the names that count (RFC 7673, section 4.1). */
  target: string;
  /** Secure ones, usable or not. */
  tlsa: TlsaData[];
}

/** `none`: there is nothing that could be used, and the certificate has to hold by itself. */
export type Proof = 'proved' | 'refuted' | 'none';

/** @param holds by PKIX, for the domain or the host */
export function provedByDane({ dane, chain, endpoint, has }: Attempt, holds: boolean): Proof {
  const [leaf] = chain;
  if (!dane || dane.tlsa.length === 0 || !leaf) return 'none';
  if (has('dane-any-certificate')) return 'proved';
  const usable = dane.tlsa.filter((record) => isUsable(record) || has('dane-unknown-proves'));
  if (usable.length < dane.tlsa.length && has('dane-unusable-is-fatal')) return 'refuted';
  if (usable.length === 0) return 'none';

  const isNamedHere = () =>
    [asciiOf(endpoint.domain), dane.target].some((name) => isNamed(namesIn(leaf.raw), name, '_xmpp-server'));
  const proves = (record: TlsaData): boolean => {
    if (!isUsable(record)) return true;
    const usage = has('dane-pkix-is-dane') ? record.usage | 2 : record.usage;
    if (has('dane-two-kinds-only') && !['2 0 1', '3 1 1'].includes(kindOf(record))) return false;
    switch (usage) {
      case 0:
        return holds && chain.some((one) => matches(record, one));
      case 1:
        return holds && matches(record, leaf);
      case 2: {
        const anchors = chain.slice(1).filter((one) => matches(record, one));
        const checks = { ...correct, ...(has('dane-ta-any-dates') && { inTime: () => true }) };
        const leads = checkChain(chain, anchors, checks) || (has('dane-ta-any-chain') && anchors.length > 0);
        return leads && (isNamedHere() || has('dane-ta-any-name'));
      }
      default:
        if (has('dane-ee-checks-name') && !isNamedHere()) return false;
        if (has('dane-ee-checks-dates') && !correct.inTime(leaf)) return false;
        return matches(record, leaf);
    }
  };
  if (usable.some(proves)) return 'proved';
  return has('dane-mismatch-is-none') ? 'none' : 'refuted';
}

const kindOf = ({ usage, selector, matchingType }: TlsaData) => `${usage} ${selector} ${matchingType}`;

/** RFC 6698, section 4.1: one that is not understood, or whose data cannot be right, is not. */
function isUsable({ usage, selector, matchingType, certificate }: TlsaData): boolean {
  const known = usage <= 3 && selector <= 1 && matchingType <= 2;
  return known && (matchingType === 0 || certificate.length === (matchingType === 1 ? 32 : 64));
}

function matches(
  { selector, matchingType, certificate: data }: TlsaData,
  { raw, publicKey }: X509Certificate,
): boolean {
  const octets = selector === 0 ? raw : publicKey.export({ type: 'spki', format: 'der' });
  const wanted =
    matchingType === 0
      ? octets
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(octets)
          .digest();
  return wanted.equals(data);
}
