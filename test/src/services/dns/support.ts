/** A name service on a port of its own, and somebody who asks it: c-ares, by way of Node. */

import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import { decode, encode, type Packet, type RecordType as Wanted } from 'dns-packet';
import {
  type NameService,
  type OnDns,
  startNameService,
  type Zone,
} from '../../../../src/services/dns/name-service.ts';

export interface Served {
  names: NameService;
  resolver: Resolver;
  seen: OnDns[];
}

/** A service with this zone. */
export async function serve(t: ExecutionContext, zone: Omit<Zone, 'observed'>): Promise<Served> {
  const names = await startNameService();
  t.teardown(names.close);
  const seen: OnDns[] = [];
  names.add({ ...zone, observed: (one) => seen.push(one) });
  return { names, resolver: resolverAt(names), seen };
}

/** Milliseconds: a busy machine takes its time. */
export function resolverAt({ port }: NameService, timeout = 10_000): Resolver {
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return resolver;
}

/** What comes back over UDP. */
export async function exchange({ port }: NameService, message: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4');
  socket.send(message, port, '127.0.0.1');
  const [reply] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return reply;
}

export async function ask(names: NameService, name: string, type: Wanted, more: Packet = {}) {
  const reply = await exchange(names, query(name, type, more));
  return { ...decode(reply), code: reply.readUInt16BE(2) & 0xf, length: reply.length };
}

export const query = (name: string, type: Wanted, more: Packet = {}) =>
  encode({ type: 'query', id: 4711, flags: 1 << 8, questions: [{ name, type }], ...more });
