/** A capture of one session, with the secrets of its TLS inside: what Wireshark and tshark show decrypted without a word. */
import type { Recording } from '../../../src/interceptor/recording.ts';
import type { Transport } from '../../../src/transcript.ts';
import { visible } from '../escape.ts';
import { type Frame, framesOf } from './frames.ts';

/** The format: draft-ietf-opsawg-pcapng, sections 4.1 to 4.3 and 4.7. `about`: shown as the comment of the file. */
export function pcapng(recording: Recording, { transport, about }: { transport: Transport; about: string }): Buffer {
  const connections = recording.connections();
  const endpoints = ['main', ...new Set(connections.map(({ endpoint }) => endpoint).filter((name) => name !== 'main'))];
  const frames = connections.flatMap((one) => framesOf(one, { transport, endpoints }));
  // Of one time they stay in their order.
  frames.sort((a, b) => a.atMs - b.atMs);
  const keys = recording.keys();
  return Buffer.concat([
    block(SECTION, [
      u32(0x1a2b3c4d),
      u16(1),
      u16(0),
      UNKNOWN_LENGTH,
      ...options([COMMENT, about], [APPLICATION, TOOL]),
    ]),
    block(INTERFACE, [u16(ETHERNET), u16(0), u32(0)]),
    // They have to stand before the packets that they open.
    ...(keys === '' ? [] : [block(SECRETS, [u32(TLS_KEY_LOG), u32(keys.length), padded(Buffer.from(keys, 'latin1'))])]),
    ...frames.map(packetBlock),
  ]);
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 6;
const SECRETS = 0xa;

const ETHERNET = 1;
/** "TLSK". */
const TLS_KEY_LOG = 0x544c534b;
const UNKNOWN_LENGTH = Buffer.alloc(8, 0xff);

const END = 0;
const COMMENT = 1;
const APPLICATION = 4;
const TOOL = 'xmpp-mallory';

/** Microseconds are the default of an interface. */
function packetBlock({ atMs, octets, comment }: Frame): Buffer {
  const us = BigInt(Math.round(atMs * 1000));
  const time = [u32(Number(us >> 32n)), u32(Number(us & 0xffff_ffffn))];
  const said = comment === null ? [] : options([COMMENT, comment]);
  return block(PACKET, [u32(0), ...time, u32(octets.length), u32(octets.length), padded(octets), ...said]);
}

function options(...given: [code: number, text: string][]): Buffer[] {
  const all = given.flatMap(([code, text]) => {
    const value = Buffer.from(visible(text)).subarray(0, 4_096);
    return [u16(code), u16(value.length), padded(value)];
  });
  return [...all, u16(END), u16(0)];
}

function block(type: number, parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = u32(body.length + 12);
  return Buffer.concat([u32(type), length, body, length]);
}

const padded = (octets: Buffer) => Buffer.concat([octets, Buffer.alloc((4 - (octets.length % 4)) % 4)]);

function u32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}

function u16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16LE(value);
  return octets;
}
