/** Where a domain's server is, and what DNS says of its certificate (RFC 7673, section 3). */
import type { Transport } from '../../src/transcript.ts';
import type { Dane } from '../reference-client/dane.ts';
import type { Has } from '../reference-client/faults.ts';
import { Refusal } from '../reference-client/refusal.ts';
import type { LookUp } from './resolver.ts';

export interface Found {
  host: string;
  port: number;
  tls: Transport;
  /** Null where the SRV record is not signed, so that nothing else counts. */
  dane: Dane | null;
  /** For a fault: who is found there is taken for a server without TLS, if it has none. */
  lax: boolean;
}

/**
 * Best first (RFC 2782). Who is to use direct TLS looks for that first, and for STARTTLS then (XEP-0368, section 2). Nothing is looked up
 * before it is asked for.
 *
 * @throws Refusal where what was found is bogus: then nobody is to be connected to.
 */
export async function* findServers(domain: string, tls: Transport, lookUp: LookUp, has: Has): AsyncGenerator<Found> {
  let tried = 0;
  for (const kind of tls === 'direct' ? (['direct', 'starttls'] as const) : (['starttls'] as const)) {
    const service = kind === 'direct' ? '_xmpps-server' : '_xmpp-server';
    const srv = await lookUp(`${service}._tcp.${domain}`, 'SRV');
    if (srv.security === 'bogus' && !has('dnssec-bogus-srv'))
      throw new Refusal('unreachable', `the SRV record of ${domain}: ${srv.security}`);
    const targets = srv.records.flatMap((record) => (record.type === 'SRV' ? [record.data] : []));
    const isSigned = srv.security === 'secure' || has('dane-insecure-srv');
    for (const { target, port } of targets.sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))) {
      if (target === '.' || target === '') continue;
      const at = await hostOf(target, port, isSigned, lookUp, has);
      const lax = (has('clear-after-direct') && kind !== tls) || (has('clear-at-next-target') && tried > 0);
      tried += 1;
      yield { ...at, port, tls: kind, lax };
    }
  }
}

async function hostOf(
  target: string,
  port: number,
  isSigned: boolean,
  lookUp: LookUp,
  has: Has,
): Promise<Pick<Found, 'host' | 'dane'>> {
  const address = await lookUp(target, 'A');
  const [host] = address.records.flatMap((record) => (record.type === 'A' ? [record.data] : []));
  if (!host || (address.security === 'bogus' && !has('dnssec-bogus-address')))
    throw new Refusal('unreachable', `the address of ${target}: ${address.security}`);
  if (!isSigned) return { host, dane: null };
  if (address.security !== 'secure') return { host, dane: { target, tlsa: [] } };
  const found = await lookUp(`_${port}._tcp.${target}`, 'TLSA');
  if (found.security === 'bogus' && !has('dane-bogus-is-none'))
    throw new Refusal('unreachable', `the TLSA records of ${target}: ${found.security}`);
  const tlsa =
    found.security === 'secure' ? found.records.flatMap((one) => (one.type === 'TLSA' ? [one.data] : [])) : [];
  return { host, dane: { target, tlsa } };
}
