/** What `negotiate` asks for is what a client gets, measured at the client: else a verdict would be about something else. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type { Negotiate } from '../../../src/script/actions/negotiate.ts';
import { tap } from '../../../src/tls/tap.ts';
import { start } from './session.ts';

/** A handshake of a client that offers these suites and algorithms. `heard`: all that it got. Rejects if there is none. */
async function meet(t: ExecutionContext, negotiate: Negotiate, ciphers: string, sigalgs = 'RSA+SHA256') {
  const script = [{ on: 'tls-handshake', do: { negotiate } }] as const;
  const { interceptor } = await start({ transport: 'direct', credential: 'valid-rsa-2048', script });
  const tcp = connectTcp(interceptor.port(), '127.0.0.1');
  t.teardown(async () => {
    tcp.destroy();
    await interceptor.close();
  });
  const heard: Buffer[] = [];
  const listening = {
    toServer(octets: Buffer) {
      heard.push(octets);
      return octets;
    },
    toClient: (octets: Buffer) => octets,
  };
  const socket = connect({
    socket: tap(tcp, Buffer.alloc(0), () => undefined, listening),
    rejectUnauthorized: false,
    ciphers: `${ciphers}:@SECLEVEL=0`,
    sigalgs,
    maxVersion: 'TLSv1.2',
  });
  await once(socket, 'secureConnect');
  return { socket, heard: Buffer.concat(heard) };
}

for (const bits of [1024, 2048] as const) {
  test(`a group of ${bits} bits`, async (t) => {
    const { socket } = await meet(t, { ciphers: 'DHE+AESGCM', 'dh-bits': bits }, 'DHE+AESGCM');
    t.like(socket.getEphemeralKeyInfo(), { type: 'DH', size: bits });
  });
}

test('key transport by RSA', async (t) => {
  const { socket } = await meet(t, { ciphers: 'AES128-GCM-SHA256' }, 'ECDHE+AESGCM:AES128-GCM-SHA256');
  t.is(socket.getCipher().standardName, 'TLS_RSA_WITH_AES_128_GCM_SHA256');
});

test('a key exchange signed with SHA-1: a client that takes nothing else gets it, and one that takes it not gets none', async (t) => {
  const sha1 = { max: 'TLSv1.2', 'signature-algorithms': 'RSA+SHA1' } as const;
  const { socket } = await meet(t, sha1, 'ECDHE+AESGCM', 'RSA+SHA1');
  t.is(socket.getProtocol(), 'TLSv1.2');
  await t.throwsAsync(meet(t, sha1, 'ECDHE+AESGCM', 'RSA+SHA256'));
});

/** Extensions of a ServerHello, both without content: RFC 7366, section 2, and RFC 7627, section 5.1. */
const EXTENSIONS = { 'encrypt-then-mac': [0, 22, 0, 0], 'extended-master-secret': [0, 23, 0, 0] } as const;

for (const [name, octets] of Object.entries(EXTENSIONS)) {
  for (const wanted of [true, false]) {
    test(`${name}: ${wanted}`, async (t) => {
      const { heard } = await meet(t, { ciphers: 'ECDHE+AES:!AESGCM:!AESCCM', [name]: wanted }, 'ECDHE+AES');
      // The ServerHello comes first, and is shorter than this.
      t.is(heard.subarray(0, 120).includes(Buffer.from(octets)), wanted);
    });
  }
}
