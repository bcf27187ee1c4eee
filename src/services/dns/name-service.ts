/**
 * The name service: it knows the zones that it is given, tells whoever gave them what is asked there, and asks nobody else.
 * One may serve a single client or, for a long time, many domains at once.
 */
import type { Happening } from '../../transcript.ts';
import { isWithin, lookUp, type Question, type Reply } from './lookup.ts';
import { type Query, readQuery, writeReply } from './message.ts';
import { type Proof, prover } from './proof.ts';
import { type DnsRecord, dnsName } from './records.ts';
import { type DnsSockets, type Over, openDnsSockets, serveDns } from './sockets.ts';

export interface Zone {
  /** It answers for this name and all below it, but for what another zone has below; `.`: for everything else. */
  domain: string;
  records: readonly DnsRecord[];
  /** How its records are proved to whoever asks for that (DNSSEC). Default: not at all. */
  proof?: Proof | undefined;
  /** Changes an answer; null: the client waits for one in vain. Default: the honest one. */
  answering?: ((question: Question, honest: Reply) => Reply | null) | undefined;
  /** Told of each query, and of its answer. */
  observed?: ((happening: OnDns) => void) | undefined;
}

export type OnDns = Extract<Happening, { layer: 'dns' }>;

export interface ServedZone {
  /** From now on these are its records. */
  replace(records: readonly DnsRecord[]): void;
  /** Nobody is responsible for it any more. */
  remove(): void;
}

export interface NameService {
  /** Of UDP and of TCP. */
  readonly port: number;
  /** @throws Error where there is a zone of that name. */
  add(zone: Zone): ServedZone;
  /** Gives the sockets back. */
  close(): Promise<void>;
}

/** Octets of a message over TCP. */
const MOST = 0xffff;

/**
 * Names that are in no zone are REFUSED, in a zone the answer is authoritative, and nothing has a time to live.
 *
 * @param sockets default: at 127.0.0.1, on a port that the system chooses
 * @throws Error if they cannot be opened
 */
export async function startNameService(sockets?: DnsSockets): Promise<NameService> {
  const own = sockets ?? (await openDnsSockets());
  const zones = new Map<string, Zone>();
  const port = own.udp.address().port;

  /** The nearest one above the name. */
  function zoneOf(name: string): Zone | undefined {
    const all = [...zones.values()].filter(({ domain }) => isWithin(name, domain));
    return all.reduce<Zone | undefined>(
      (best, one) => (best && isWithin(best.domain, one.domain) ? best : one),
      undefined,
    );
  }

  function respond(message: Buffer, over: Over): Buffer | null {
    const query = readQuery(message);
    if (query.kind !== 'query') {
      // Nobody can tell whose it is; where everything is somebody's it is his.
      const length = message.length;
      zones
        .get('.')
        ?.observed?.({ layer: 'dns', type: 'unreadable', from: 'client', over, length, reason: query.reason });
      return query.kind === 'error' ? query.reply : null;
    }
    const zone = zoneOf(query.question.name);
    return zone ? answer(query, zone, over) : writeReply(query, { code: 'REFUSED', records: [] }, null, MOST).message;
  }

  function answer(query: Query, { domain, records, proof, answering, observed }: Zone, over: Over): Buffer | null {
    const { name, type: wanted } = query.question;
    observed?.({ layer: 'dns', type: 'query', from: 'client', over, name, wanted });
    const honest = lookUp(records, query.question);
    const reply = answering ? answering(query.question, honest) : honest;
    if (!reply) {
      observed?.({ layer: 'dns', type: 'unanswered', from: 'mallory', name, wanted });
      return null;
    }
    const { signatures } = reply;
    const prove =
      proof && query.dnssec && signatures ? prover(proof, { domain, records }, query.question, signatures) : undefined;
    const limit = over === 'udp' ? query.udpSize : MOST;
    const { message, truncated } = writeReply(query, reply, dnsName(domain), limit, prove);
    const texts = reply.records.map((record) => `${record.name} ${record.type} ${record.data}`);
    const said = truncated ? { truncated } : {};
    observed?.({
      layer: 'dns',
      type: 'answer',
      from: 'mallory',
      name,
      wanted,
      code: reply.code,
      records: texts,
      ...said,
    });
    return message;
  }

  const stop = serveDns(own, respond);
  return {
    port,
    add(zone) {
      const name = dnsName(zone.domain);
      if (zones.has(name)) throw new Error(`There is a zone ${name} already.`);
      zones.set(name, zone);
      return {
        replace(records) {
          if (zones.has(name)) zones.set(name, { ...zone, records });
        },
        remove: () => void zones.delete(name),
      };
    },
    close: stop,
  };
}
