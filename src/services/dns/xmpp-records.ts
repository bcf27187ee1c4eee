/** The records by which a domain says where its XMPP server is (RFC 6120, section 3.2; XEP-0368). */
import { type DnsRecord, dnsName } from './records.ts';

export interface XmppService {
  service: 'xmpp-client' | 'xmpps-client' | 'xmpp-server' | 'xmpps-server';
  port: number;
  /** The host that it runs on; `.`: there is none (RFC 2782). */
  target: string;
  /** Default: 0. */
  priority?: number | undefined;
  /** Default: 5. */
  weight?: number | undefined;
}

/** @param address IPv4, of every target and, for those who find no SRV record, of the domain itself */
export function xmppRecords(domain: string, services: readonly XmppService[], address: string): DnsRecord[] {
  const hosts = new Set([domain, ...services.map(({ target }) => target)].map(dnsName));
  hosts.delete('.');
  return [
    ...services.map(({ service, port, target, priority = 0, weight = 5 }): DnsRecord => {
      const data = `${priority} ${weight} ${port} ${target === '.' ? target : `${dnsName(target)}.`}`;
      return { name: `_${service}._tcp.${dnsName(domain)}`, type: 'SRV', data };
    }),
    ...[...hosts].map((name): DnsRecord => ({ name, type: 'A', data: address })),
  ];
}
