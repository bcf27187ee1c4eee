import { once } from 'node:events';
import { createConnection } from 'node:net';
import test from 'ava';
import type { Connect } from '../../../harness/client/client.ts';
import { functionClient } from '../../../harness/client/function.ts';
import { endpoint, start } from './fixtures.ts';

test('what reports call it', (t) => {
  const login: Connect = async () => undefined;
  const client = functionClient(login);
  t.is(client.label, 'login');
  t.is(client.version, null);
  t.deepEqual(client.command, ['login']);
  t.deepEqual(client.rerun, []);
  t.is(functionClient(async () => undefined).label, 'function');
  const named = functionClient(login, { label: 'mine', version: '2', rerun: ['--', 'x'] });
  t.deepEqual([named.label, named.version, named.command, named.rerun], ['mine', '2', ['mine'], ['--', 'x']]);
});

const ENDINGS: [title: string, connect: Connect, code: number, claims: unknown[], stderr?: string][] = [
  ['resolves', async () => undefined, 0, []],
  ['claims to be online', async () => ({ result: 'online' }), 0, [{ result: 'online' }]],
  ['claims TLS facts', async () => ({ tls: { version: 'TLSv1.3' } }), 0, [{ tls: { version: 'TLSv1.3' } }]],
  ['claims a refusal', async () => ({ result: 'refused' }), 1, [{ result: 'refused' }]],
  ['is not able to', async () => ({ result: 'unsupported' }), 77, [{ result: 'unsupported' }]],
  ['rejects', () => Promise.reject(new Error('bad certificate')), 1, [refusal('bad certificate')], 'bad certificate'],
  ['rejects with a text', () => Promise.reject('no'), 1, [refusal('no')], 'no'],
  ['rejects with nothing', () => Promise.reject(), 1, [refusal('undefined')], 'undefined'],
  [
    'throws',
    () => {
      throw new RangeError('at once');
    },
    1,
    [refusal('at once')],
    'at once',
  ],
];
for (const [title, connect, code, claims, stderr = ''] of ENDINGS) {
  test(`a function that ${title}`, async (t) => {
    const session = await start(t, functionClient(connect));
    t.deepEqual(await session.running.ended, { code, signal: null });
    t.deepEqual(session.claims(), claims);
    t.is(session.types()[0], 'started');
    t.is(session.running.stderrTail(), stderr);
  });
}

test('an error without a message still says something', async (t) => {
  const connect: Connect = async () => {
    await once(createConnection({ host: 'localhost', port: 1 }), 'connect');
  };
  const { running } = await start(t, functionClient(connect));
  await running.ended;
  t.regex(running.stderrTail(), /ECONNREFUSED/);
});

test('it is called at once, with a copy of the endpoint', async (t) => {
  const given = endpoint();
  let called = false;
  const running = functionClient(async (mine) => {
    called = true;
    t.deepEqual(mine, given);
    mine.host = 'elsewhere';
  }).start(given, () => undefined, 'attack');
  t.true(called);
  t.is(given.host, '127.0.0.1');
  await running.ended;
});

test('it is told to stop by the signal, and ends as it likes', async (t) => {
  const connect: Connect = async (_, signal) => {
    await once(signal, 'abort');
    return { result: 'unsupported' };
  };
  const { running } = await start(t, functionClient(connect));
  await running.terminate();
  t.deepEqual(await running.ended, { code: 77, signal: null });
});

test('to reject because of the signal is no claim', async (t) => {
  const connect: Connect = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { running, claims } = await start(t, functionClient(connect));
  await running.terminate();
  t.deepEqual(await running.ended, { code: 1, signal: null });
  t.deepEqual(claims(), []);
  t.regex(running.stderrTail(), /aborted/);
});

test('it is given up after the grace time, and what it says later is ignored', async (t) => {
  let finish: (claim: { result: 'online' }) => void = () => undefined;
  const connect: Connect = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const { running, types } = await start(t, functionClient(connect));
  const begin = performance.now();
  await Promise.all([running.terminate(), running.terminate()]);
  t.true(performance.now() - begin > 950);
  t.deepEqual(await running.ended, { code: null, signal: 'SIGKILL' });
  finish({ result: 'online' });
  await new Promise(setImmediate);
  t.deepEqual(types(), ['started']);
});

test('terminate after the end changes nothing', async (t) => {
  const { running } = await start(
    t,
    functionClient(async () => undefined),
  );
  await running.ended;
  await running.terminate();
  t.deepEqual(await running.ended, { code: 0, signal: null });
});

function refusal(reason: string) {
  return { result: 'refused', reason };
}
