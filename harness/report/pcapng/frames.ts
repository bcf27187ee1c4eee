/** A recorded connection as the packets that could have carried it: Ethernet II, IPv4 (RFC 791), TCP (RFC 9293). */
import type { RecordedConnection, WireEvent } from '../../../src/interceptor/recording.ts';

export interface Frame {
  /** Milliseconds since 1970, with fractions. */
  atMs: number;
  octets: Buffer;
  comment: string | null;
}

/** As Wireshark looks for XMPP (RFC 6120, section 14.7), and for it inside TLS (XEP-0368). */
const PORTS = { starttls: 5222, direct: 5223 };

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PUSH = 0x08;
const ACK = 0x10;

/** What fits into one packet, and into a receiver's window. */
const MOST_OCTETS = 60_000;
const WINDOW = 65_535;

/**
 * Every read and every write is a packet, acknowledged at once. Mallory listens on the port that Wireshark takes for XMPP,
 * each endpoint with an address of its own; which port it really was is said beside the first packet.
 *
 * @param endpoints their names, the first of which is at 127.0.0.1
 */
export function framesOf(
  { n, endpoint, client, mallory, openedAtMs, events }: RecordedConnection,
  { transport, endpoints }: { transport: 'starttls' | 'direct'; endpoints: readonly string[] },
): Frame[] {
  const frames: Frame[] = [];
  const sides: Record<WireEvent['from'], Side> = {
    client: { address: [127, 0, 0, 1], port: client, next: 0 },
    mallory: { address: [127, 0, 0, 1 + Math.max(0, endpoints.indexOf(endpoint))], port: PORTS[transport], next: 0 },
  };
  const send = (
    atMs: number,
    from: WireEvent['from'],
    flags: number,
    data: Buffer = NOTHING,
    comment: string | null = null,
  ) => {
    const [source, target] = from === 'client' ? [sides.client, sides.mallory] : [sides.mallory, sides.client];
    frames.push({ atMs, octets: packet(source, target, flags, data, frames.length), comment });
    source.next += data.length + (flags & (SYN | FIN) ? 1 : 0);
  };
  const other = (from: WireEvent['from']) => (from === 'client' ? 'mallory' : 'client');

  const told = `connection ${n} to the endpoint ${endpoint}, which really listened on port ${mallory}`;
  send(openedAtMs, 'client', SYN, NOTHING, told);
  send(openedAtMs, 'mallory', SYN | ACK);
  send(openedAtMs, 'client', ACK);
  for (const { atMs, from, what } of events) {
    if (what === 'end') {
      send(atMs, from, FIN | ACK);
      send(atMs, other(from), ACK);
    } else if (what === 'reset') {
      send(atMs, from, RST | ACK);
    } else if (Buffer.isBuffer(what)) {
      for (let at = 0; at < what.length; at += MOST_OCTETS)
        send(atMs, from, PUSH | ACK, what.subarray(at, at + MOST_OCTETS));
      send(atMs, other(from), ACK);
    } else {
      // A gap in the numbers, which Wireshark shows as such.
      sides[from].next += what.leftOut;
      send(atMs, from, ACK, NOTHING, `${what.leftOut} octets before this were not recorded`);
    }
  }
  return frames;
}

interface Side {
  address: readonly number[];
  port: number;
  /** Of the next octet that it sends. */
  next: number;
}

const NOTHING = Buffer.alloc(0);

function packet(source: Side, target: Side, flags: number, data: Buffer, id: number): Buffer {
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(source.port, 0);
  tcp.writeUInt16BE(target.port, 2);
  tcp.writeUInt32BE(source.next % 2 ** 32, 4);
  tcp.writeUInt32BE(flags & ACK ? target.next % 2 ** 32 : 0, 8);
  tcp[12] = (tcp.length / 4) << 4;
  tcp[13] = flags;
  tcp.writeUInt16BE(WINDOW, 14);
  const addresses = Buffer.from([...source.address, ...target.address]);
  const pseudo = Buffer.concat([addresses, Buffer.from([0, 6, 0, 0])]);
  pseudo.writeUInt16BE(tcp.length + data.length, 10);
  tcp.writeUInt16BE(checksum(Buffer.concat([pseudo, tcp, data])), 16);

  const ip = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0]), addresses]);
  ip.writeUInt16BE(ip.length + tcp.length + data.length, 2);
  ip.writeUInt16BE(id % 2 ** 16, 4);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([ethernet(source, target), ip, tcp, data]);
}

/** Locally administered addresses. */
const ethernet = ({ address: from }: Side, { address: to }: Side) =>
  Buffer.from([0x02, 0, ...to, 0x02, 0, ...from, 0x08, 0x00]);

/** RFC 1071. */
function checksum(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < octets.length; at += 2) sum += octets.readUInt16BE(at);
  if (octets.length % 2 === 1) sum += (octets.at(-1) ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
