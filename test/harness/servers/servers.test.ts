/** Prosody and ejabberd as initiating entities: each policy is what it says, and nothing of one session reaches another. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { commandServer } from '../../../harness/client/server-command.ts';
import { runScenarios } from '../../../harness/index.ts';
import type { Verdict } from '../../../harness/result.ts';
import { createTurns } from '../../../harness/run/turns.ts';
import { bundledServers } from '../../../harness/servers/servers.ts';
import { startNameService } from '../../../src/services/dns/name-service.ts';
import { xmppRecords } from '../../../src/services/dns/xmpp-records.ts';
import { launched } from './launched.ts';

/** By policy: in clear; to a certificate that is no good, with EXTERNAL and with dialback. */
const EXPECTED: Record<string, [stripped: Verdict, external: Verdict, dialback: Verdict]> = {
  strict: ['pass', 'pass', 'skip'],
  authenticated: ['pass', 'pass', 'pass'],
  encrypted: ['pass', 'warn', 'warn'],
  opportunistic: ['warn', 'warn', 'warn'],
};
/** Which of them it is, as it comes. */
const STOCK: Record<string, string> = {
  prosody: 'authenticated',
  'prosody-dane': 'authenticated',
  ejabberd: 'encrypted',
};
const SCENARIOS = [
  's2s-stripping/starttls-removed-both',
  'certificate/self-signed',
  's2s-dialback/after-bad-certificate-expired',
];

/** Records that name another certificate, that name this one, and that nobody vouches for. */
const DANE = ['s2s-dane/mismatch-dane-ee', 's2s-dane/matching-key-sha-512', 's2s-dane/not-proved-insecure-srv'];

const readme = await readFile(new URL('../../../harness/servers/README.md', import.meta.url), 'utf8');
const inTurn = createTurns(1);

const found = await Promise.all(bundledServers.map(async (server) => ({ server, ...(await server.detect()) })));

for (const { server, installed, why, version } of found) {
  const { name, install } = server;
  const onlyInstalled = installed ? test : test.skip;
  const without = installed ? '' : ` (${why})`;

  test(`${name}: the README says how it is driven and installed`, (t) => {
    t.true(readme.includes(`\`${name}\``));
    t.true(readme.includes(`\`${install}\``));
  });

  for (const policy of ['stock', ...Object.keys(EXPECTED)]) {
    onlyInstalled(`${name}, ${policy}: the policy is what it says${without}`, async (t) => {
      t.timeout(120_000);
      const client = commandServer({ command: await server.command(tmpdir()), policy, label: name, rerun: [] });
      const patterns = ['control/login', ...SCENARIOS];
      const report = await inTurn(() =>
        runScenarios({ client, patterns, transport: 'starttls', jobs: 4, timeoutMs: 20_000, transcripts: 'all' }),
      );
      const verdictOf = (id: string) => report.results.find((result) => result.id === id)?.verdict;
      t.is(verdictOf('control/login'), 'pass');
      t.deepEqual(SCENARIOS.map(verdictOf), EXPECTED[policy === 'stock' ? (STOCK[name] ?? '') : policy]);
      t.is(report.server?.policyName, policy);
      t.true(report.client.version?.startsWith(version ?? '-'), report.client.version ?? 'no version');

      // Four sessions at a time in one server.
      for (const { key, transcript } of report.results) {
        const asked = new Set<string>();
        for (const o of transcript ?? []) {
          if (o.layer === 'dns' && o.type === 'query')
            asked.add(/[^.]+\.im\.xmpp\.example$/.exec(o.name)?.[0] ?? o.name);
          if (o.layer !== 'xmpp' || o.type !== 'element' || o.from !== 'client') continue;
          for (const [, to = ''] of o.xml.matchAll(/ to='([^']+)'/g)) asked.add(to.slice(to.indexOf('@') + 1));
        }
        t.true(asked.size <= 1, `${key}: ${[...asked].join(' ')}`);
      }
    });
  }

  const does = name.endsWith('-dane') ? 'does' : 'does no';
  onlyInstalled(`${name} ${does} DANE${without}`, async (t) => {
    t.timeout(120_000);
    const client = commandServer({ command: await server.command(tmpdir()), policy: 'strict', label: name, rerun: [] });
    const { results } = await inTurn(() => runScenarios({ client, patterns: DANE, jobs: 4, timeoutMs: 20_000 }));
    t.is(results.length, 2 * DANE.length);
    const expected = name.endsWith('-dane') ? 'pass' : 'skip';
    t.deepEqual(
      results.map(({ key, verdict }) => `${key} ${verdict}`).filter((one) => !one.endsWith(expected)),
      [],
    );
  });

  onlyInstalled(`${name}: a reset ends what is open, and the end of its input the server${without}`, async (t) => {
    t.timeout(60_000);
    const directory = await mkdtemp(join(tmpdir(), 'mallory-server-'));
    const names = await startNameService();
    const connections: Socket[] = [];
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const silent = createServer((socket) => {
      connections.push(socket.on('error', () => undefined).resume());
      reached();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const [domain, remote] = ['a.im.xmpp.example', 'b.im.xmpp.example'];
    names.add({
      domain: remote,
      records: xmppRecords(remote, [{ service: 'xmpp-server', port, target: remote }], '127.0.0.1'),
    });
    const driver = await launched({
      command: await server.command(tmpdir()),
      directory,
      domain,
      dns: `127.0.0.1:${names.port}`,
    });
    t.teardown(async () => {
      driver.kill();
      silent.close();
      await names.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 2 });
    });
    await driver.said('"ready"');
    const endpoint = { host: '127.0.0.1', port, tls: 'starttls' };
    driver.tell({ trigger: { id: 1, from: `romeo@${domain}`, to: `juliet@${remote}`, endpoint } });
    await driver.said('"sent":1');
    await isReached;
    const closed = Promise.all(connections.map((one) => new Promise((resolve) => one.on('close', resolve))));
    driver.tell({ reset: { id: 1, domain: remote } });
    await driver.said('"reset":1');
    await closed;

    driver.tell(null);
    t.deepEqual(await driver.exit, { code: 0, signal: null });
    t.true(await driver.isGone(), 'a process of it is left');
  });
}
