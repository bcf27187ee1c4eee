/**
 * Each bundled library that is installed logs in, and does under a handful of attacks what docs/results.md says of it.
 * Programs: test/harness/clients/programs.test.ts.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type BundledClient, bundledClients } from '../../harness/clients/clients.ts';
import { openConfinement } from '../../harness/confine/confine.ts';
import { commandClient, loadScenarios, runScenarios, type Verdict } from '../../harness/index.ts';

const SCENARIOS = [
  'control/login',
  'certificate/unknown-ca',
  'certificate/expired-1963',
  'certificate/sibling-name',
  'stripping/wrong-namespace-plain-only',
  'header/no-version-plain-only',
];

/** By client: where the verdict is not pass. */
const KNOWN: Record<string, Record<string, Verdict>> = {
  xmppjs: {},
  slixmpp: { 'certificate/sibling-name': 'fail' },
  'slixmpp-strict': {},
  aioxmpp: {},
  nbxmpp: {},
  libstrophe: { 'stripping/wrong-namespace-plain-only': 'fail', 'header/no-version-plain-only': 'fail' },
  'libstrophe-strict': {},
  gloox: { 'stripping/wrong-namespace-plain-only': 'fail' },
  'gloox-strict': {},
  qxmpp: { 'stripping/wrong-namespace-plain-only': 'fail', 'header/no-version-plain-only': 'fail' },
  'qxmpp-strict': { 'header/no-version-plain-only': 'fail' },
  loudmouth: { 'header/no-version-plain-only': 'fail' },
  'loudmouth-strict': { 'header/no-version-plain-only': 'fail' },
  'loudmouth-bare': {
    'certificate/unknown-ca': 'fail',
    'certificate/expired-1963': 'fail',
    'certificate/sibling-name': 'fail',
    'header/no-version-plain-only': 'fail',
  },
  'net-xmpp': { 'stripping/wrong-namespace-plain-only': 'fail', 'header/no-version-plain-only': 'fail' },
  'net-xmpp-strict': {},
  'anyevent-xmpp': {
    'certificate/unknown-ca': 'fail',
    'certificate/expired-1963': 'fail',
    'certificate/sibling-name': 'fail',
    'stripping/wrong-namespace-plain-only': 'fail',
    'header/no-version-plain-only': 'fail',
  },
  'go-sendxmpp': {},
  'go-xmpp': {},
};

const catalogue = await loadScenarios();
const cache = await mkdtemp(join(tmpdir(), 'mallory-cache-'));

const unconfinable = await openConfinement(join(cache, 'rooms')).then(
  (confinement) => confinement.close().then(() => null),
  () => 'needs namespaces',
);
const libraries = bundledClients.filter(({ name }) => KNOWN[name]);
const found = await Promise.all(libraries.map(async (client) => ({ client, detection: await client.detect() })));

test.after.always(() => rm(cache, { recursive: true, force: true }));

for (const { client, detection } of found) {
  const { name, install, confined } = client;
  const missing = detection.installed ? confined !== null && unconfinable : `needs ${install}`;
  const check = missing ? test.serial.skip : test.serial;
  check(`${name}: logs in, and is caught at what it is known for${missing ? ` (${missing})` : ''}`, async (t) => {
    t.deepEqual(
      await verdicts(client, SCENARIOS),
      Object.fromEntries(SCENARIOS.map((id) => [id, KNOWN[name]?.[id] ?? 'pass'])),
    );
  });
}

test('npm run matrix holds the core against each library, and against nobody that there is not', async (t) => {
  const files = (await readdir(new URL('known/', import.meta.url))).map((file) => file.replace(/\.yaml$/, ''));
  const names = bundledClients.map(({ name }) => name);
  t.deepEqual(
    files.filter((name) => !names.includes(name)),
    [],
  );
  t.deepEqual(
    Object.keys(KNOWN).filter((name) => !files.includes(name)),
    [],
  );
});

test('what a client is known for is in the catalogue, and the client, too', (t) => {
  const ids = catalogue.scenarios.map(({ id }) => id);
  t.deepEqual(
    Object.keys(KNOWN).filter((name) => !bundledClients.some((client) => client.name === name)),
    [],
  );
  t.deepEqual(
    [...SCENARIOS, ...Object.values(KNOWN).flatMap(Object.keys)].filter((id) => !ids.includes(id)),
    [],
  );
});

async function verdicts(client: BundledClient, patterns: string[]): Promise<Record<string, string>> {
  const { name, confined } = client;
  const command = await client.command(cache);
  const report = await runScenarios({
    client: commandClient({ command, label: name, rerun: ['--client', name], confined: confined !== null }),
    catalogue,
    patterns,
    transport: 'starttls',
    via: 'ip',
    jobs: 2,
    timeoutMs: 20_000,
  });
  return Object.fromEntries(report.results.map(({ id, verdict }) => [id, verdict]));
}
