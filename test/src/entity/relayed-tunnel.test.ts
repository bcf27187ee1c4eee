/** TLS end to end: what a tunnel passes, and what it shows. */
import { connect } from 'node:net';
import test from 'ava';
import type { Observation } from '../../../src/transcript.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { bound, elements, failures, meet, nobody, startOdd, startServer } from './relay.ts';

const client = referenceClient({ patience: 5_000 });

type Tunnelled = Extract<Observation, { type: 'tunnelled' }>;
const tunnels = (observations: readonly Observation[]) =>
  observations.filter((o): o is Tunnelled => o.layer === 'tcp' && o.type === 'tunnelled');

for (const transport of ['starttls', 'direct'] as const) {
  for (const max of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`a login by ${transport} and ${max}`, async (t) => {
      const upstream = await startServer(t, {}, { transport, versions: { min: 'TLSv1.2', max } });
      const met = await meet(client, { upstream, transport, tunnel: true, ca: upstream.ca });
      t.is(met.error, null);
      t.is(bound(upstream.transcript).length, 1);
      const [tunnel] = tunnels(met.observations);
      t.true(tunnel?.tls);
      // Header, auth, response, header, bind, and the end: with or without the tickets of TLS 1.3.
      t.true([5, 6].includes(tunnel?.exchanges ?? 0), String(tunnel?.exchanges));
      const seen = met.observations.flatMap((o) => ('type' in o ? [`${o.layer}/${o.type}`] : []));
      t.true(seen.includes('tls/client-hello'));
      t.false(seen.includes('tls/handshake'));
      const clear = elements(met, 'client').map(({ name, phase }) => `${name} ${phase}`);
      t.deepEqual(clear, transport === 'starttls' ? ['starttls clear'] : []);
    });
  }

  test(`a client that does not trust the server, by ${transport}, makes no exchange`, async (t) => {
    const upstream = await startServer(t, {}, { transport });
    const met = await meet(client, { upstream, transport, tunnel: true });
    t.truthy(met.error);
    t.like(tunnels(met.observations)[0], { tls: true, exchanges: 0 });
  });
}

test('what a client gives away in clear is seen', async (t) => {
  const upstream = await startServer(
    t,
    { mechanisms: { clear: ['PLAIN'], tls: [] } },
    { script: [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }] },
  );
  const met = await meet(referenceClient({ faults: ['continues-in-clear'], patience: 5_000 }), {
    upstream,
    tunnel: true,
  });
  t.is(bound(upstream.transcript).length, 1);
  t.true(elements(met, 'client').some(({ credential, mechanism }) => credential === 'sasl' && mechanism === 'PLAIN'));
  t.true(elements(met, 'client').some(({ name }) => name === 'iq'));
  t.like(tunnels(met.observations)[0], { tls: false, exchanges: 0 });
});

test('XML on a direct TLS port is seen as such', async (t) => {
  const upstream = await startServer(t, {}, { transport: 'direct' });
  const met = await meet(
    ({ host, port }) =>
      new Promise((resolve) => {
        const socket = connect({ host, port }, () => socket.write("<?xml version='1.0'?><stream:stream to='x'>"));
        socket.on('close', () => resolve()).resume();
      }),
    { upstream, transport: 'direct', tunnel: true },
  );
  t.true(met.observations.some((o) => o.layer === 'tcp' && o.type === 'bytes' && o.why === 'xml-on-direct-tls'));
});

test('a server that is down: a stream error for those who read XML, and the end for all', async (t) => {
  for (const transport of ['starttls', 'direct'] as const) {
    const met = await meet(client, { upstream: { ...nobody, transport }, transport, tunnel: true });
    t.truthy(met.error);
    t.is(failures(met).length, 1);
    t.deepEqual(tunnels(met.observations), []);
  }
});

test('a flood is passed at the speed of its reader, and does not end before it is through', async (t) => {
  const size = 8_000_000;
  let received = 0;
  let all = () => {};
  const through = new Promise<void>((resolve) => {
    all = resolve;
  });
  const upstream = await startOdd(t, (socket) => {
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received === size) all();
      socket.pause();
      setTimeout(() => socket.resume(), 1);
    });
    socket.on('end', () => socket.end());
  });
  const met = await meet(
    ({ host, port }) =>
      new Promise((resolve) => {
        const socket = connect({ host, port }, () => socket.end(Buffer.alloc(size, 0x16)));
        socket.on('close', () => resolve()).resume();
      }),
    { upstream, tunnel: true },
  );
  t.is(tunnels(met.observations)[0]?.clientBytes, size);
  await through;
});

test('a server that ends first ends the tunnel, although the client has more to say', async (t) => {
  const upstream = await startOdd(t, (socket) => socket.once('data', () => socket.end('bye')));
  const started = performance.now();
  const met = await meet(
    ({ host, port }) =>
      new Promise((resolve) => {
        const socket = connect({ host, port, allowHalfOpen: true }, () => socket.write('hello'));
        socket.on('end', () => setTimeout(() => socket.end('and more'), 100));
        socket.on('close', () => resolve()).resume();
      }),
    { upstream, tunnel: true },
  );
  t.true(performance.now() - started < 4_500);
  t.like(tunnels(met.observations)[0], { serverBytes: 3 });
});
