/** Where a domain's server is, as DNS says (RFC 6120, section 3.2; XEP-0368), and the faults of that. */
import { Resolver } from 'node:dns/promises';
import type { Endpoint } from '../../harness/client/client.ts';
import type { Has } from './faults.ts';
import { Refusal } from './refusal.ts';

export interface Route {
  /** As if it had been told host, port and transport. */
  endpoint: Endpoint;
  address: string;
}

interface Host {
  host: string;
  port: number;
  tls: Endpoint['tls'];
}

const DEFAULT_PORT = { starttls: 5222, direct: 5223 } as const;

/**
 * Who is told to use direct TLS looks for that first, and for STARTTLS then. Without any answer to SRV it is the domain itself.
 *
 * @throws Refusal where the domain says that it has no such service.
 */
export async function findRoutes(endpoint: Endpoint, _has: Has): Promise<Route[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  if (endpoint.resolver !== undefined) resolver.setServers([endpoint.resolver]);
  const found: Host[] = [];
  for (const tls of endpoint.tls === 'direct' ? (['direct', 'starttls'] as const) : (['starttls'] as const))
    found.push(...(await servers(resolver, endpoint, tls)));
  const offered = found.filter(({ host }) => host !== '');
  if (found.length > 0 && offered.length === 0) throw new Refusal('unreachable', 'DNS says that there is no service');
  const { domain: host, tls } = endpoint;
  const hosts = offered.length > 0 ? offered : [{ host, port: DEFAULT_PORT[tls], tls }];
  const routes = await Promise.all(hosts.map((one) => routesTo(resolver, endpoint, one)));
  return routes.flat();
}

/** Best first; a target of `.` has an empty name here. */
async function servers(resolver: Resolver, { domain }: Endpoint, tls: Endpoint['tls']): Promise<Host[]> {
  const service = tls === 'direct' ? '_xmpps-client' : '_xmpp-client';
  const records = await resolver.resolveSrv(`${service}._tcp.${domain}`).catch(() => []);
  return records
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
    .map(({ name, port }) => ({ host: name, port, tls }));
}

async function routesTo(resolver: Resolver, endpoint: Endpoint, { host, port, tls }: Host): Promise<Route[]> {
  const addresses = await resolver.resolve4(host).catch(() => []);
  return addresses.map((address) => ({ endpoint: { ...endpoint, host, port, tls }, address }));
}
