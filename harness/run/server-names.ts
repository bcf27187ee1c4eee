/** The name service of a run against a server: it finds the domain of each session, and nothing else, by it. */
import { type NameService, startNameService, type Zone } from '../../src/services/dns/name-service.ts';
import type { DnsRecord } from '../../src/services/dns/records.ts';
import { createSigner } from '../../src/services/dns/signer.ts';
import { type XmppService, xmppRecords } from '../../src/services/dns/xmpp-records.ts';
import type { Happening, Transport } from '../../src/transcript.ts';
import type { DaneLookup } from '../scenario/scenario.ts';

export interface ServerNames {
  /** `HOST:PORT` of the resolver. */
  address: string;
  /** The DNSKEY record that vouches for all signed names, as in a zone file. */
  anchor: string;
  /** The name and the address of the host that DNS gives for a domain. */
  resolved(domain: string, signed: boolean): string[];
  /** From now on the domain is found there. Returns how to forget it. */
  found(domain: string, at: Found, record: (happening: Happening) => void): () => void;
  close(): Promise<void>;
}

export interface Found {
  port: number;
  transport: Transport;
  /** By the script. */
  answering?: Zone['answering'];
  /** What is signed, data of the host's TLSA records, and what is not signed all the same; null: nothing is signed. */
  dane: { tlsa: string[]; insecure: readonly DaneLookup[] } | null;
}

/** What all domains of a run stand below. Reserved, as `test` is, but no resolver answers for it itself (RFC 6761, section 6.5). */
export const PARENT = 'im.xmpp.example';
/** The host that serves them all: a name of its own, which no certificate may be taken for. */
const TARGET = `elsewhere.${PARENT}`;
const ADDRESS = '127.0.0.1';

export async function serverNames(): Promise<ServerNames> {
  const service: NameService = await startNameService();
  const signer = createSigner(PARENT);
  service.add({ domain: PARENT, records: [signer.key, ...xmppRecords(TARGET, [], ADDRESS)], proof: { signer } });

  function found(domain: string, { port, transport, answering, dane }: Found, record: (happening: Happening) => void) {
    const target = targetOf(domain, dane !== null);
    const at: XmppService[] =
      transport === 'starttls'
        ? [{ service: 'xmpp-server', port, target }]
        : [
            { service: 'xmpps-server', port, target },
            // RFC 2782: decidedly not there, so that nobody tries the usual port.
            { service: 'xmpp-server', port: 0, target: '.' },
          ];
    // Without DANE the domain is what most are: not signed, and whoever validates can be sure of that.
    const insecure: readonly DaneLookup[] = dane ? dane.insecure : ['srv'];
    const zone = (name: string, records: DnsRecord[], ...lookups: DaneLookup[]) =>
      service.add({
        domain: name,
        records,
        proof: { signer, insecure: lookups.some((lookup) => insecure.includes(lookup)) },
        answering,
        observed: record,
      });
    const zones = [zone(domain, xmppRecords(domain, at, ADDRESS), 'srv')];
    if (dane) {
      const records = `_${port}._tcp.${target}`;
      const tlsa = dane.tlsa.map((data): DnsRecord => ({ name: records, type: 'TLSA', data }));
      zones.push(zone(target, xmppRecords(target, [], ADDRESS), 'address'), zone(records, tlsa, 'address', 'tlsa'));
    }
    return () => {
      for (const one of zones) one.remove();
    };
  }

  return {
    address: `${ADDRESS}:${service.port}`,
    anchor: `${signer.key.name}. IN DNSKEY ${signer.key.data}`,
    resolved: (domain, signed) => [targetOf(domain, signed), ADDRESS],
    found,
    close: () => service.close(),
  };
}

/** Where it is signed a domain has a host to itself, so that one session's records are none of another's. */
const targetOf = (domain: string, signed: boolean) => (signed ? `${domain.split('.', 1)}.${TARGET}` : TARGET);
