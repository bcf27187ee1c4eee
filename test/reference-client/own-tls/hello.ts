/** The ClientHello of a TLS stack of one's own, with what a fault makes it offer. */
import { createECDH, randomBytes } from 'node:crypto';
import { uint, uint16s, vector } from '../../../src/tls/records/octets.ts';
import { HANDSHAKE_TYPE, type HandshakeMessage } from '../../../src/tls/records/record.ts';
import type { Share } from '../../../src/tls/records/share.ts';
import type { Fault } from '../faults.ts';

/** What it will hold the answer against. */
export interface Offered {
  versions: number[];
  suites: number[];
  groups: number[];
  schemes: number[];
  alpn: string[];
  extensions: number[];
  random: Buffer;
  sessionId: Buffer;
  share: Share;
}

export const WEAK_SUITES = [0xc007, 0xc008, 0xc011, 0xc012, 0x0003, 0x0004, 0x0005, 0x0008, 0x0009, 0x000a];
const ECDHE = [0xc02b, 0xc02f, 0xc02c, 0xc030];

export function offer(share: Share, alpn: string[], has: (fault: Fault) => boolean): Offered {
  return {
    versions: has('tls-takes-any-version') ? [0x0304, 0x0303, 0x0302, 0x0301, 0x0300] : [0x0304, 0x0303],
    suites: [
      ...[0x1301, 0x1303, ...ECDHE],
      ...(has('tls-takes-weak-dh') ? [0x009e, 0x0033] : []),
      ...(has('tls-takes-export-key') || has('tls-offers-weak-suites') ? [0x009c, 0x002f] : []),
      ...(has('tls-offers-weak-suites') ? WEAK_SUITES : []),
    ],
    groups: [29, 23, 24],
    schemes: [0x0403, 0x0804, 0x0503, 0x0805, 0x0401, 0x0501],
    alpn,
    extensions: [
      ...[0, 10, 11, 13, 23, 0xff01, 43, 45, 51],
      ...(alpn.length > 0 ? [16] : []),
      // The last, always (RFC 8446, section 4.2.11).
      ...(has('tls-takes-any-psk') ? [41] : []),
    ],
    random: randomBytes(32),
    sessionId: randomBytes(32),
    share,
  };
}

export function helloMessage(offered: Offered, serverName: string, group = offered.share.group): HandshakeMessage {
  const value = group === offered.share.group ? offered.share.value : anyValue(group);
  const contents: Record<number, Buffer> = {
    0: vector(2, uint(1, 0), vector(2, Buffer.from(serverName))),
    10: vector(2, uint16s(offered.groups)),
    11: vector(1, uint(1, 0)),
    13: vector(2, uint16s(offered.schemes)),
    16: vector(2, ...offered.alpn.map((name) => vector(1, Buffer.from(name)))),
    23: Buffer.alloc(0),
    65281: vector(1),
    43: vector(1, uint16s(offered.versions)),
    45: vector(1, uint(1, 1)),
    51: vector(2, uint(2, group), vector(2, value)),
    41: Buffer.concat([vector(2, vector(2, randomBytes(64)), randomBytes(4)), vector(2, vector(1, randomBytes(32)))]),
  };
  const extensions = offered.extensions.map((type) =>
    Buffer.concat([uint(2, type), vector(2, contents[type] ?? Buffer.alloc(0))]),
  );
  return {
    type: HANDSHAKE_TYPE.clientHello,
    body: Buffer.concat([
      uint(2, 0x0303),
      offered.random,
      vector(1, offered.sessionId),
      vector(2, uint16s(offered.suites)),
      vector(1, uint(1, 0)),
      vector(2, ...extensions),
    ]),
  };
}

/** Nothing is ever agreed with it. */
const anyValue = (group: number): Buffer => (group === 23 ? createECDH('prime256v1').generateKeys() : randomBytes(97));
