/** Why a case of x509-limbo cannot be put to an XMPP client, in a few words. */
import { X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { LimboCase } from './file.ts';

/** @param now milliseconds since 1970. */
export function whyUnusable(the: LimboCase, now: number): string | null {
  const { expected_peer_name: peer, max_chain_depth: depth, extended_key_usage: purposes } = the;
  if (!the.peer_certificate_key) return 'the suite has no private key for it';
  if (the.crls?.length || the.features?.includes('has-crl')) return 'it needs a CRL, and a client cannot be handed one';
  if (depth !== null && depth !== undefined)
    return 'it needs a limit for the depth of the chain, and a client cannot be told one';
  if (the.signature_algorithms?.length)
    return 'it needs a choice of signature algorithms, and a client cannot be told one';
  if (purposes?.some((purpose) => purpose !== 'serverAuth'))
    return `it needs a client that wants ${purposes.join(', ')}`;
  if (the.key_usage?.some((usage) => usage !== 'digitalSignature'))
    return `it needs a client that wants ${the.key_usage.join(', ')}`;
  if (!peer) return 'it has no peer name that a client could be told';
  if (peer.kind !== 'DNS' && !(peer.kind === 'IP' && isIPv4(peer.value)))
    return `its peer name (${peer.kind} ${peer.value}) is no domain that a client could be told`;
  if (!DOMAIN.test(peer.value)) return `its peer name (${peer.value}) cannot be the domain of a JID`;
  return needsClock(the, now);
}

const DOMAIN = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*$/i;

/** A case for a moment of its own can be put today if every certificate stands to today as it stands to that moment. */
function needsClock({ validation_time, expected_result, ...the }: LimboCase, now: number): string | null {
  if (!validation_time)
    return expected_result === 'SUCCESS' && positionOf(the.peer_certificate, now) > 0
      ? 'its certificate has expired since the suite was made'
      : null;
  // Certificates know whole seconds only (RFC 5280, section 4.1.2.5).
  const moment = Math.floor(Date.parse(validation_time) / 1000) * 1000;
  const all = [the.peer_certificate, ...the.untrusted_intermediates, ...the.trusted_certs];
  const same = all.every((pem) => positionOf(pem, moment) === positionOf(pem, now));
  return same ? null : `it needs a clock that stands at ${validation_time}`;
}

/** -1: it is not valid yet; 0: it is; 1: not any more; NaN, which is like nothing: it cannot be read. */
function positionOf(pem: string, moment: number): number {
  try {
    const { validFrom, validTo } = new X509Certificate(pem);
    return moment < Date.parse(validFrom) ? -1 : moment > Date.parse(validTo) ? 1 : 0;
  } catch {
    return Number.NaN;
  }
}
