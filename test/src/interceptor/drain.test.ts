/** The last words of a client that has ended are read, however busy this process was in the meantime. */
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { type Listener, listenHere } from '../../../src/interceptor/listening.ts';
import { dial, HEADER, start } from './session.ts';

/** Connects, says this, and ends; it is gone before anything of that is read here. */
const CLIENT = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
socket.end(process.argv[2]);
socket.on('error', () => undefined).on('finish', () => process.exit());
`;

const busyFor = (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('a limit that passes while nothing could be read is none', async (t) => {
  const { interceptor, transcript } = await start();
  t.teardown(interceptor.close);
  t.is(spawnSync(process.execPath, ['-e', CLIENT, String(interceptor.port()), HEADER]).status, 0);
  const drained = interceptor.drain(200);
  busyFor(400);
  await drained;
  t.deepEqual(
    transcript.observations.filter((o) => 'from' in o && o.from === 'client').map(({ type }) => type),
    ['stream-open', 'closed'],
  );
});

test('a connection that stays open costs the limit, and no more', async (t) => {
  const { interceptor } = await start();
  t.teardown(interceptor.close);
  const client = await dial(interceptor.port());
  client.say(HEADER);
  await client.hear(/features>/);
  const before = performance.now();
  await interceptor.drain(200);
  t.true(performance.now() - before >= 190);
  client.socket.destroy();
});

test('where one endpoint cannot be had, nobody listens at the others', async (t) => {
  const listening: Listener[] = [];
  const listen = async (endpoint: string) => {
    if (endpoint !== 'main') throw new Error('no file handle is left');
    const listener = await listenHere('127.0.0.1');
    listening.push(listener);
    return listener;
  };
  await t.throwsAsync(start({ listen, endpoints: { elsewhere: { credential: 'valid' } } }), { message: /file handle/ });
  t.deepEqual(
    listening.map(({ server }) => server.listening),
    [false],
  );
});
