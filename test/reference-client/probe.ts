/**
 * The faults of a client that tries a ClientHello of old first, on a connection of its own, and then logs in as a correct
 * one does: what no TLS stack of today offers is written by hand. Each hello is a good one with one thing wrong.
 */
import { uint, uint16s, vector } from '../../src/tls/records/octets.ts';
import { encodeHandshake, HANDSHAKE_TYPE } from '../../src/tls/records/record.ts';
import type { Attempt } from './attempt.ts';
import { type Fault, switchedOn } from './faults.ts';
import { Refusal } from './refusal.ts';

interface Hello {
  version: number;
  suites: number[];
  compression: number[];
  /** By their numbers. */
  extensions: Map<number, Buffer>;
}

type Change = (hello: Hello) => unknown;

const changes: Partial<Record<Fault, Change>> = {
  'hello-ssl-3': (hello) => Object.assign(hello, { version: 0x0300, extensions: new Map() }),
  'hello-tls-1.1-only': (hello) => {
    hello.version = 0x0302;
    hello.extensions.delete(43);
  },
  'hello-fallback-scsv': ({ suites }) => suites.push(0x5600),
  'hello-export': ({ suites }) => suites.push(0x0003, 0x0062),
  'hello-des': ({ suites }) => suites.push(0x0015),
  'hello-rc4': ({ suites }) => suites.push(0xc011),
  'hello-3des': ({ suites }) => suites.push(0xc012),
  'hello-static-dh': ({ suites }) => suites.push(0xc031),
  'hello-md5': ({ extensions }) => extensions.set(13, vector(2, uint16s([0x0403, 0x0804, 0x0401, 0x0101]))),
  'hello-no-signature-algorithms': ({ extensions }) => extensions.delete(13),
  'hello-no-sha-256': ({ extensions }) => extensions.set(13, vector(2, uint16s([0x0503, 0x0805, 0x0501]))),
  'hello-compression': ({ compression }) => compression.unshift(1),
  'hello-no-renegotiation-info': ({ extensions }) => extensions.delete(0xff01),
  'hello-truncated-hmac': ({ extensions }) => extensions.set(4, Buffer.alloc(0)),
  'hello-heartbeat': ({ extensions }) => extensions.set(15, uint(1, 1)),
  'hello-early-data': ({ extensions }) => extensions.set(42, Buffer.alloc(0)),
  'hello-sni-address': ({ extensions }) => extensions.set(0, serverName('127.0.0.1')),
};

/** @throws Refusal once the hello was answered: on this connection there will be no login. */
export async function probe({ connection, endpoint, has, memory }: Attempt): Promise<void> {
  if (memory.probed) return;
  const change = switchedOn(changes, has)[0];
  if (!change && !has('hello-ssl-2')) return;
  memory.probed = true;
  await connection.probe(change ? encode(change, endpoint.domain) : SSL_2);
  throw new Refusal('probed');
}

const serverName = (name: string) => vector(2, uint(1, 0), vector(2, Buffer.from(name)));

function encode(change: Change, domain: string): Buffer {
  const hello: Hello = {
    version: 0x0303,
    suites: [0x1301, 0xc02b, 0xc02f],
    compression: [0],
    extensions: new Map([
      [0, serverName(domain)],
      [10, vector(2, uint16s([29, 23]))],
      [11, vector(1, uint(1, 0))],
      [13, vector(2, uint16s([0x0403, 0x0804, 0x0401]))],
      [16, vector(2, vector(1, Buffer.from('xmpp-client')))],
      [23, Buffer.alloc(0)],
      [43, vector(1, uint16s([0x0304, 0x0303]))],
      [51, vector(2, uint(2, 29), vector(2, Buffer.alloc(32, 9)))],
      [0xff01, uint(1, 0)],
    ]),
  };
  change(hello);
  const extensions = [...hello.extensions].map(([type, content]) => Buffer.concat([uint(2, type), vector(2, content)]));
  const body = Buffer.concat([
    uint(2, hello.version),
    Buffer.alloc(32, 7),
    vector(1),
    vector(2, uint16s(hello.suites)),
    vector(1, Buffer.from(hello.compression)),
    ...(extensions.length > 0 ? [vector(2, ...extensions)] : []),
  ]);
  return encodeHandshake([{ type: HANDSHAKE_TYPE.clientHello, body }], { version: 0x0301 });
}

/** RFC 5246, appendix E.2: TLS 1.0 with two suites, and a challenge of 16 octets. */
const SSL_2 = Buffer.concat([Buffer.from('801f0103010006000000100000350000ff', 'hex'), Buffer.alloc(16, 7)]);
