/** Sessions across connections: which are resumed, and what is put on record of them. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type { InterceptorOptions } from '../../../src/interceptor/interceptor-options.ts';
import type { Script } from '../../../src/script/script.ts';
import { earlyData } from '../../reference-client/resumption.ts';
import { DOMAIN, start } from './session.ts';

const on = (connection: number | string, what: object): Script => [{ on: 'tls-handshake', connection, do: what }];
const tls12 = { versions: { min: 'TLSv1.2', max: 'TLSv1.2' } } as const;

/** Two connections of a client that verifies nothing and offers on the second what it got on the first. */
async function twice(t: ExecutionContext, script: Script, options: Partial<InterceptorOptions> = {}) {
  const { interceptor, transcript } = await start({ transport: 'direct', script, ...options });
  const visit = async (settings: ConnectionOptions) => {
    const port = interceptor.port();
    const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false, servername: DOMAIN, ...settings });
    const session = once(socket, 'session').then(([octets]) => octets as Buffer);
    await once(socket, 'secureConnect');
    const taken = socket.isSessionReused() ? null : await session;
    const closed = once(socket, 'close');
    socket.end();
    await closed;
    return taken;
  };
  const session = await visit({});
  await visit(session ? { session } : {});
  await interceptor.drain(1_000);
  await interceptor.close();
  const { observations } = transcript;
  const hellos = observations.flatMap((o) => (o.type === 'client-hello' ? [o.offersSession] : []));
  t.deepEqual(hellos, [undefined, 1]);
  return observations.flatMap((o) => (o.type === 'handshake' ? [o] : [])).at(-1);
}

const rows: [string, Script, Partial<InterceptorOptions>, object][] = [
  ['the same credential', [], {}, { resumed: true, peer: 'honest', credential: 'valid' }],
  ['the same credential, TLS 1.2', [], tls12, { resumed: true, peer: 'honest', version: 'TLSv1.2' }],
  ['another credential', on(2, { present: 'wrong-name' }), {}, { resumed: false, peer: 'untrusted' }],
  ['other settings', on(2, { negotiate: { max: 'TLSv1.2' } }), {}, { resumed: false, peer: 'honest' }],
  [
    'another credential, with the action: the peer is still the first one',
    on(2, { present: 'wrong-name', resume: true }),
    {},
    { resumed: true, peer: 'honest', credential: 'valid' },
  ],
  [
    'the same in TLS 1.2',
    on(2, { present: 'wrong-name', resume: true }),
    tls12,
    { resumed: true, peer: 'honest', credential: 'valid' },
  ],
  [
    'a session with an untrusted peer, by an honest one: the peer is still untrusted',
    [...on(1, { present: 'wrong-name' }), ...on(2, { resume: true })],
    {},
    { resumed: true, peer: 'untrusted', credential: 'wrong-name' },
  ],
  [
    'no extended master secret',
    on('1+', { negotiate: { max: 'TLSv1.2', 'extended-master-secret': false } }),
    {},
    { resumed: true, extendedMasterSecret: false },
  ],
];

for (const [title, script, options, want] of rows) {
  test(`a session is offered: ${title}`, async (t) => {
    const last = await twice(t, script, options);
    t.like(last, want);
  });
}

test('early data is counted, however it is cut', async (t) => {
  const { interceptor, transcript } = await start({ transport: 'direct' });
  const socket = connect({ host: '127.0.0.1', port: interceptor.port(), noDelay: true }).on('error', () => undefined);
  const octets = earlyData(DOMAIN);
  socket.write(octets.subarray(0, -60));
  await new Promise((resolve) => setTimeout(resolve, 30));
  socket.write(octets.subarray(-60));
  await once(socket, 'data');
  socket.destroy();
  await interceptor.drain(1_000);
  await interceptor.close();
  const seen = transcript.observations.flatMap((o) => (o.type === 'early-data' ? [o.length] : []));
  t.deepEqual(seen, [100]);
});

test('who says that early data comes, and sends none, is answered all the same', async (t) => {
  const { interceptor, transcript } = await start({ transport: 'direct' });
  const socket = connect({ host: '127.0.0.1', port: interceptor.port(), noDelay: true }).on('error', () => undefined);
  socket.write(earlyData(DOMAIN).subarray(0, -105));
  await once(socket, 'data');
  socket.destroy();
  await interceptor.drain(1_000);
  await interceptor.close();
  t.deepEqual(transcript.observations.filter(({ type }) => type === 'early-data' || type === 'client-hello').length, 1);
});
