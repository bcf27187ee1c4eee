/** Where a domain's server is, as DNS says (RFC 6120, section 3.2; XEP-0368), and the faults of that. */
import { Resolver } from 'node:dns/promises';
import type { Endpoint } from '../../harness/client/client.ts';
import type { Has } from './faults.ts';
import { Refusal } from './refusal.ts';
import { followUrl } from './url.ts';

export interface Route {
  /** As if it had been told host, port and transport. */
  endpoint: Endpoint;
  address: string;
  /** For a fault: who is found there is taken for a server without TLS, if it has none. */
  lax: boolean;
}

interface Host {
  /** Empty: there is no such service. */
  host: string;
  port: number;
  tls: Endpoint['tls'];
  lax: boolean;
}

const PORTS = { starttls: 5222, direct: 5223 } as const;

/** Milliseconds. */
const PATIENCE = 2_000;

/**
 * Who is told to use direct TLS looks for that first, and for STARTTLS then. Without any answer to SRV it is the domain
 * itself, and behind that TXT records, of which it uses none.
 *
 * @throws Refusal where nothing is found.
 */
export async function findRoutes(endpoint: Endpoint, has: Has): Promise<Route[]> {
  const resolver = new Resolver({ timeout: PATIENCE, tries: 1 });
  if (endpoint.resolver !== undefined) resolver.setServers([endpoint.resolver]);
  const { domain, tls } = endpoint;
  const kinds = tls === 'direct' ? (['direct', 'starttls'] as const) : (['starttls'] as const);
  const found = (await Promise.all(kinds.map((kind) => servers(resolver, domain, kind, has)))).flat();
  const offered = found
    .filter(({ host }) => host !== '')
    .map((one) => ({ ...one, lax: (has('clear-after-direct') || has('clear-after-refusal')) && one.tls !== tls }));
  const itself = [{ host: domain, port: PORTS[tls], tls, lax: has('clear-without-srv') && found.length === 0 }];
  const fallsBack = found.length === 0 || (offered.length === 0 && has('ignores-no-service')) || has('ignores-srv');
  const unasked: Host = { host: domain, port: PORTS.starttls, tls: 'starttls', lax: true };
  const hosts: Host[] =
    tls === 'direct' && has('clear-at-domain')
      ? [...offered.filter((one) => one.tls === tls), unasked]
      : fallsBack
        ? itself
        : offered;
  const routes = (await Promise.all(hosts.map((one) => routesTo(resolver, endpoint, one)))).flat();
  if (routes.length === 0 && fallsBack) await followUrl(resolver, endpoint, has);
  if (routes.length === 0) throw new Refusal('unreachable', `DNS names no server for ${domain}`);
  return routes;
}

/** Best first. */
async function servers(resolver: Resolver, domain: string, tls: Endpoint['tls'], has: Has): Promise<Host[]> {
  const service = tls === 'direct' ? '_xmpps-client' : '_xmpp-client';
  const records = await resolver.resolveSrv(`${service}._tcp.${domain}`).catch(() => []);
  const sorted = has('first-srv-only')
    ? records.slice(0, 1)
    : records.sort((a, b) => a.priority - b.priority || b.weight - a.weight);
  return sorted.map(({ name, port }) => ({ host: name === '.' ? '' : name, port, tls, lax: false }));
}

async function routesTo(resolver: Resolver, endpoint: Endpoint, { host, port, tls, lax }: Host): Promise<Route[]> {
  const addresses = await resolver.resolve4(host).catch(() => []);
  return addresses.map((address) => ({ endpoint: { ...endpoint, host, port, tls }, address, lax }));
}
