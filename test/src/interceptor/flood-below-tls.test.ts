/** What a client sends below TLS counts, too: one that floods is cut off wherever it does so. */
import { connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import test from 'ava';
import type { Script } from '../../../src/script/script.ts';
import { encodeRecord, TLS_1_2 } from '../../../src/tls/records/record.ts';
import { DOMAIN, start } from './session.ts';

/** What OpenSSL says first. */
const hello = await new Promise<Buffer>((resolve) => {
  const socket = new Duplex({ read: () => undefined, write: (octets: Buffer) => resolve(octets) });
  connect({ socket, servername: DOMAIN }).on('error', () => undefined);
});

const MIB = 2 ** 20;
const record = (type: number) => encodeRecord({ type, version: TLS_1_2, fragment: Buffer.alloc(2 ** 14, 7) });
const RECORDS = Buffer.concat([record(22), record(22), record(22), record(22)]);
const GARBAGE = Buffer.alloc(2 ** 16, '<a>');
/** Claims 16 MiB. */
const GIANT = Buffer.from([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff]);

const at = (what: object): Script => [{ on: 'tls-handshake', do: what }];
const floods: [where: string, script: Script, first: Buffer, flood: Buffer][] = [
  ['records at a forged flight', at({ forge: { compression: 1 } }), hello, RECORDS],
  ['what is no record at a forged flight', at({ forge: { compression: 1 } }), hello, GARBAGE],
  ['records where the handshake stalls', at({ stall: true }), hello, RECORDS],
  ['what is no record where the handshake stalls', at({ stall: true }), hello, GARBAGE],
  ['what is no record behind an alert', at({ alert: 40 }), hello, GARBAGE],
  ['what is no record below TLS', at({ rewrite: { fragment: 100 } }), hello, GARBAGE],
  ['the rest of a giant ClientHello', [], GIANT, RECORDS],
];

for (const [where, script, first, flood] of floods) {
  test(where, async (t) => {
    const { interceptor, transcript } = await start({ transport: 'direct', script });
    t.teardown(interceptor.close);
    const socket = connectTcp(interceptor.port(), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    let written = 0;
    socket.write(first);
    // The other side may have ended its own half long ago.
    while (!socket.destroyed && written < 16 * MIB) {
      written += flood.length;
      await new Promise<void>((resolve) => {
        socket.write(flood, () => resolve());
        socket.once('close', () => resolve());
      });
    }
    socket.destroy();
    t.true(
      transcript.observations.some((o) => o.type === 'refused' && o.why === 'sent more than 1 MiB'),
      `${written / MIB} MiB were taken`,
    );
  });
}
