/** A server in this process: it cannot be killed, and so whatever it is asked has a limit. */
import test from 'ava';
import type { ServerEnvironment } from '../../../harness/client/server.ts';
import { type FunctionServer, functionServer } from '../../../harness/client/server-function.ts';

const ENVIRONMENT: ServerEnvironment = {
  ...{ domain: 'own.example', certFile: '/c', keyFile: '/k', caFile: '/ca', stateDir: '/s' },
  ...{ dns: null, anchorFile: null, https: null, policy: 'stock' },
};
const GOOD: FunctionServer = { trigger: async () => undefined, reset: () => undefined, end: () => undefined };
const never = () => new Promise<void>(() => undefined);

const launch = (faults: Partial<FunctionServer>) =>
  functionServer(() => ({ ...GOOD, ...faults })).server.launch(ENVIRONMENT, () => undefined);

test('a reset that never settles is given up', async (t) => {
  const server = await launch({ reset: never });
  await t.throwsAsync(server.reset({ id: 1, domain: 'far' }), { message: /within 5 s/ });
});

test('an end that never settles is given up, and the server counts as ended', async (t) => {
  const server = await launch({ end: never });
  await t.throwsAsync(server.end(), { message: /within 5 s/ });
  t.deepEqual(await server.ended, { code: 0, signal: null });
});

test('one that throws in place of a promise is no other', async (t) => {
  const fault = () => {
    throw new Error('stuck');
  };
  const server = await launch({ trigger: fault, reset: fault, end: fault });
  const endpoint = { host: '127.0.0.1', port: 9, tls: 'starttls' as const };
  await t.throwsAsync(server.trigger({ id: 1, from: 'romeo@own', to: 'juliet@far', endpoint }), { message: 'stuck' });
  await t.throwsAsync(server.reset({ id: 1, domain: 'far' }), { message: 'stuck' });
  await t.throwsAsync(server.end(), { message: 'stuck' });
});
