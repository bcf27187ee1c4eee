/** The name service of a run against a server: it finds the domain of each session, and nothing else, by it. */
import { type NameService, startNameService } from '../../src/services/dns/name-service.ts';
import { type XmppService, xmppRecords } from '../../src/services/dns/xmpp-records.ts';
import type { Happening, Transport } from '../../src/transcript.ts';

export interface ServerNames {
  /** `HOST:PORT` of the resolver. */
  address: string;
  /** The name and the address that it gives for every domain. */
  resolved: string[];
  /** From now on the domain is found there. Returns how to forget it. */
  found(domain: string, at: { port: number; transport: Transport }, record: (happening: Happening) => void): () => void;
  close(): Promise<void>;
}

/** What all domains of a run stand below. Reserved, as `test` is, but no resolver answers for it itself (RFC 6761, section 6.5). */
export const PARENT = 'im.xmpp.example';
/** The host that serves them all: a name of its own, which no certificate may be taken for. */
const TARGET = `elsewhere.${PARENT}`;
const ADDRESS = '127.0.0.1';

export async function serverNames(): Promise<ServerNames> {
  const service: NameService = await startNameService();
  service.add({ domain: PARENT, records: xmppRecords(TARGET, [], ADDRESS) });
  return {
    address: `${ADDRESS}:${service.port}`,
    resolved: [TARGET, ADDRESS],
    found(domain, { port, transport }, record) {
      const at: XmppService[] =
        transport === 'starttls'
          ? [{ service: 'xmpp-server', port, target: TARGET }]
          : [
              { service: 'xmpps-server', port, target: TARGET },
              // RFC 2782: decidedly not there, so that nobody tries the usual port.
              { service: 'xmpp-server', port: 0, target: '.' },
            ];
      return service.add({ domain, records: xmppRecords(domain, at, ADDRESS), observed: record }).remove;
    },
    close: () => service.close(),
  };
}
