/** DNS for one attempt: where its client, that is told no host and no port, is sent by an honest answer. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Interceptor } from '../../src/interceptor/interceptor.ts';
import type { EndpointSettings } from '../../src/interceptor/interceptor-options.ts';
import { HOSTING, parentOf } from '../../src/pki/credentials/domains.ts';
import { startNameService } from '../../src/services/dns/name-service.ts';
import { xmppRecords } from '../../src/services/dns/xmpp-records.ts';
import type { Transcript, Transport } from '../../src/transcript.ts';
import type { Room } from '../confine/confine.ts';

export interface Names {
  /** Where the interceptor is to listen. */
  address: string;
  /** Where a client looks for each transport that no record tells it the port of; 0: somebody else is there. */
  ports: Record<Transport, number>;
  /** The name and the address that DNS gives for the domain. */
  resolved: string[];
  /** HOST:PORT of the service; null in a room, where it is the system's. */
  resolver: string | null;
  /** From now on it answers. */
  serve(what: { domain: string; transport: Transport; interceptor: Interceptor; transcript: Transcript }): void;
  close(): Promise<void>;
}

/** Where clients expect them. */
export const PORTS: Record<Transport, number> = { starttls: 5222, direct: 5223 };

const LOOPBACK = '127.0.0.1';

/** @throws Error where no socket can be opened. */
export async function openNames(room: Room | null): Promise<Names> {
  const address = room ? LOOPBACK : addressOfItsOwn();
  const service = await startNameService(room ? await socketsIn(room) : undefined);
  const usual = async (one: Transport) => ((await isFree(address, PORTS[one])) ? PORTS[one] : 0);
  return {
    address,
    ports: room ? PORTS : { starttls: await usual('starttls'), direct: await usual('direct') },
    resolved: [HOSTING, address],
    resolver: room ? null : `${LOOPBACK}:${service.port}`,
    serve({ domain, transport: spoken, interceptor, transcript }) {
      const name = spoken === 'direct' ? 'xmpps-client' : 'xmpp-client';
      const server = { service: name, port: interceptor.port(), target: HOSTING } as const;
      service.add({
        domain: '.',
        records: [
          ...xmppRecords(domain, [server], address),
          // Somebody else's, and on the same machine.
          { name: `elsewhere.${parentOf(domain)}`, type: 'A', data: address },
        ],
        answering: interceptor.answering,
        observed: transcript.record,
      });
    },
    close: service.close,
  };
}

/**
 * The endpoint of another transport than the client is told is also where a client ends up that asks nobody: it would find
 * nobody anywhere else, and pass for refusing.
 */
export function atUsualPorts(
  endpoints: Record<string, EndpointSettings>,
  told: Transport,
  ports: Names['ports'],
): Record<string, EndpointSettings> {
  const others = Object.entries(endpoints).filter(
    ([, { refuses, transport = told }]) => !refuses && transport !== told,
  );
  const [first] = others;
  if (first === undefined) return endpoints;
  const [name, settings] = first;
  return { ...endpoints, [name]: { ...settings, port: ports[settings.transport ?? told] } };
}

/** So the ports that clients expect are free there, whoever else uses them; only Linux has them all. */
function addressOfItsOwn(): string {
  if (process.platform !== 'linux') return LOOPBACK;
  return ['127', randomInt(1, 255), randomInt(1, 255), randomInt(1, 255)].join('.');
}

/** Somebody may listen there at every address. */
function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

async function socketsIn({ network }: Room) {
  const udp = await network.bind(53);
  const { server } = await network.listen(53);
  return { udp, tcp: server };
}
