/** ClientHellos by hand, and what is read of them. */
import { readClientHello } from '../../../src/tls/client-hello.ts';
import type { ClientHello } from '../../../src/transcript.ts';

/** The fragments of what a record has, each in a record of its own. */
export function refragment(record: Buffer, size: number): Buffer {
  const records: Buffer[] = [];
  for (let at = 5; at < record.length; at += size) {
    const fragment = record.subarray(at, at + size);
    records.push(Buffer.of(22, 3, 1, fragment.length >> 8, fragment.length & 0xff), fragment);
  }
  return Buffer.concat(records);
}

export const record = (content: Buffer, type = 22) =>
  Buffer.concat([Buffer.of(type, 3, 1, content.length >> 8, content.length & 0xff), content]);

export const message = (body: Buffer, length = body.length) =>
  Buffer.concat([Buffer.of(1, length >> 16, (length >> 8) & 0xff, length & 0xff), body]);

/** A hello by hand: version, suites, and extensions as [type, content in hexadecimal digits]. */
export function compose(version: number, suites: number[], extensions: [number, string][] | null): Buffer {
  const u16 = (value: number) => Buffer.of(value >> 8, value & 0xff);
  const list = (extensions ?? []).map(([type, content]) =>
    Buffer.concat([u16(type), u16(content.length / 2), Buffer.from(content, 'hex')]),
  );
  const block = Buffer.concat(list);
  return record(
    message(
      Buffer.concat([
        u16(version),
        Buffer.alloc(32, 9),
        Buffer.of(0),
        u16(suites.length * 2),
        ...suites.map(u16),
        Buffer.of(1, 0),
        ...(extensions ? [u16(block.length), block] : []),
      ]),
    ),
  );
}

export function helloOf(octets: Buffer): ClientHello {
  const read = readClientHello(octets);
  if (read.type !== 'hello') throw new Error(JSON.stringify(read));
  return read.hello;
}
