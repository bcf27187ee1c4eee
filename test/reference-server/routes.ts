/** Where a domain's server is, and what DNS says of its certificate (RFC 7673, section 3). */
import type { Transport } from '../../src/transcript.ts';
import type { Dane } from '../reference-client/dane.ts';
import type { Has } from '../reference-client/faults.ts';
import { Refusal } from '../reference-client/refusal.ts';
import type { LookUp } from './resolver.ts';

export interface Found {
  host: string;
  port: number;
  /** Null where the SRV record is not signed, so that nothing else counts. */
  dane: Dane | null;
}

/** @throws Refusal where nothing is to be found, or where what was found is bogus: then nobody is to be connected to. */
export async function findServer(domain: string, tls: Transport, lookUp: LookUp, has: Has): Promise<Found> {
  const service = tls === 'direct' ? '_xmpps-server' : '_xmpp-server';
  const srv = await lookUp(`${service}._tcp.${domain}`, 'SRV');
  const [first] = srv.records.flatMap((record) => (record.type === 'SRV' ? [record.data] : []));
  if (!first || (srv.security === 'bogus' && !has('dnssec-bogus-srv')))
    throw new Refusal('unreachable', `the SRV record of ${domain}: ${srv.security}`);
  const { target, port } = first;
  const address = await lookUp(target, 'A');
  const [host] = address.records.flatMap((record) => (record.type === 'A' ? [record.data] : []));
  if (!host || (address.security === 'bogus' && !has('dnssec-bogus-address')))
    throw new Refusal('unreachable', `the address of ${target}: ${address.security}`);
  if (srv.security !== 'secure' && !has('dane-insecure-srv')) return { host, port, dane: null };
  if (address.security !== 'secure') return { host, port, dane: { target, tlsa: [] } };
  const found = await lookUp(`_${port}._tcp.${target}`, 'TLSA');
  if (found.security === 'bogus' && !has('dane-bogus-is-none'))
    throw new Refusal('unreachable', `the TLSA records of ${target}: ${found.security}`);
  const tlsa =
    found.security === 'secure' ? found.records.flatMap((one) => (one.type === 'TLSA' ? [one.data] : [])) : [];
  return { host, port, dane: { target, tlsa } };
}
