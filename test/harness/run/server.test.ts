/** The server under test of a run: what stands beside it is there before it, and is given back whatever happens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { functionServer } from '../../../harness/client/server-function.ts';
import { runScenarios } from '../../../harness/index.ts';
import { serverUnderTest } from '../../../harness/run/server.ts';
import { serverNames } from '../../../harness/run/server-names.ts';
import { createAuthority } from '../../../src/pki/authority.ts';
import { startPoshService } from '../../../src/services/posh.ts';

const authority = await createAuthority();

/** Services that tell which of them is still open. */
function watched() {
  const open = new Set<string>();
  const watch = <T extends { close(): Promise<void> }>(name: string, service: T): T => {
    open.add(name);
    const close = async () => {
      await service.close();
      open.delete(name);
    };
    return { ...service, close };
  };
  return {
    open,
    services: {
      names: async () => watch('names', await serverNames()),
      posh: async () => watch('posh', await startPoshService()),
    },
  };
}

async function options(t: { teardown(end: () => Promise<void>): void }, starts: boolean) {
  const directory = await mkdtemp(join(tmpdir(), 'mallory-server-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const client = functionServer(() => {
    if (!starts) throw new Error('It does not start.');
    return { trigger: async () => undefined, reset: () => undefined, end: () => undefined };
  });
  return { client, authority, caFile: join(directory, 'ca.pem'), directory, keep: null, note: () => undefined };
}

test('its name service and its HTTPS are there until it is closed', async (t) => {
  const { open, services } = watched();
  const server = await serverUnderTest(await options(t, true), services);
  t.deepEqual([...open], ['names', 'posh']);
  await server.close();
  t.deepEqual([...open], []);
});

test('where it does not start, nothing stays open', async (t) => {
  const { open, services } = watched();
  await t.throwsAsync(serverUnderTest(await options(t, false), services), { message: 'It does not start.' });
  t.deepEqual([...open], []);
});

test('where its HTTPS cannot be opened, the name service does not stay open', async (t) => {
  const { open, services } = watched();
  const posh = () => Promise.reject(new Error('EMFILE'));
  await t.throwsAsync(serverUnderTest(await options(t, true), { ...services, posh }), { message: 'EMFILE' });
  t.deepEqual([...open], []);
});

test('where it cannot be ended, that is said, and nothing else stays open', async (t) => {
  const { open, services } = watched();
  const notes: string[] = [];
  const end = () => Promise.reject(new Error('It does not end.'));
  const client = functionServer(() => ({ trigger: async () => undefined, reset: () => undefined, end }));
  const told = { ...(await options(t, true)), client, note: (text: string) => void notes.push(text) };
  await (await serverUnderTest(told, services)).close();
  t.deepEqual([...open], []);
  t.deepEqual(notes, ['The server could not be ended: It does not end.']);
});

test('a server is not confined, and the sentence says why', async (t) => {
  const { client } = await options(t, true);
  await t.throwsAsync(runScenarios({ client, patterns: ['control/login'], confine: true }), {
    message: /^--confine is for clients: a server is started once/,
  });
});
