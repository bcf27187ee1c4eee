/** Several clients in one run: what one of them makes impossible is no other's business. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Client, Endpoint } from '../../../harness/client/client.ts';
import { functionClient } from '../../../harness/client/function.ts';
import type { Options } from '../../../harness/commands/run.ts';
import { runOnce } from '../../../harness/commands/run-once.ts';

/** Sends its password without having been asked. */
function careless({ host, port, domain, password }: Endpoint): Promise<void> {
  const plain = Buffer.from(`\0user\0${password}`).toString('base64');
  const socket = connect(port, host);
  socket.on('error', () => undefined).resume();
  socket.end(
    `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'><auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth></stream:stream>`,
  );
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('a baseline is written over its own client, also where another one cannot be run', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-once-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const known = join(folder, 'known');
  await mkdir(known);
  const entry = (reason: string) => `- match: control/login\n  expected: fail\n  kind: wontfix\n  reason: ${reason}\n`;
  await writeFile(join(known, 'first.yaml'), entry('the first one is like that'));
  await writeFile(join(known, 'second.yaml'), entry('the second one is like that'));
  const options: Partial<Options> = {
    ...{ policy: 'rfc9525', transcripts: 'findings', tls: 'starttls', timeout: 2_000, reporter: [] },
    // Of the first one nobody knows the version, so that it is not run with a cache.
    ...{ cache: join(folder, 'cache'), baseline: known, writeBaseline: join(folder, 'new') },
  };
  const clients = [
    functionClient(careless, { label: 'first', version: null }),
    functionClient(careless, { label: 'second', version: '1' }),
  ] as [Client, Client];
  const prepared = {
    specs: [],
    clients,
    upstream: undefined,
  };
  await t.throwsAsync(runOnce(['control/login'], options as Options, prepared), { message: /needs the version/ });
  t.deepEqual(await readdir(join(folder, 'new')), ['second.yaml']);
  t.regex(await readFile(join(folder, 'new', 'second.yaml'), 'utf8'), /the second one is like that/);
});
