/** An x509-limbo suite over XMPP: what it becomes, how it is judged, and what is wrong with a file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Connect, loadScenarios, type Report, runScenarios } from '../../../harness/index.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { limboCase, ofClients, served, skipped, suite } from './suite.ts';

async function written(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-limbo-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'limbo.json');
  await writeFile(file, text);
  return file;
}

const loaded = async (t: ExecutionContext, cases: object[]) =>
  loadScenarios({ limbo: [await written(t, suite(cases))] });

async function runFor(t: ExecutionContext, client: Connect, cases: object[]): Promise<Report> {
  const catalogue = await loaded(t, cases);
  return runScenarios({
    client,
    catalogue,
    patterns: ['limbo/*'],
    transport: 'starttls',
    via: 'ip',
    jobs: 4,
    timeoutMs: 20_000,
  });
}

const verdicts = ({ results }: Report) =>
  Object.fromEntries(
    results.map(({ id, verdict, findings }) => [
      id.replace('limbo/', ''),
      [verdict, ...findings.map(({ level }) => level)].join(' '),
    ]),
  );

test('a correct client: what is to fail passes, and what the suite alone wants is at most a warning', async (t) => {
  const report = await runFor(t, referenceClient(), served);
  t.deepEqual(verdicts(report), {
    'good::plain': 'pass',
    'good::below': 'pass',
    'rfc5280::validity::expired-leaf': 'pass',
    'webpki::san::mismatch-domain-san': 'pass',
    'rfc5280::chain-untrusted-root': 'pass',
    'rfc5280::eku::ee-wrong-eku': 'pass',
    'undetermined::accepted': 'warn should',
    'critical::accepted': 'warn should',
    'optional::accepted': 'pass info',
    'good::refused': 'warn should',
    'good::refused-optional': 'pass info',
  });
});

test('a client that verifies nothing fails where a clause binds it', async (t) => {
  const report = await runFor(t, referenceClient({ faults: ['trusts-any'] }), served);
  const found = verdicts(report);
  const failed = Object.keys(found).filter((id) => found[id]?.startsWith('fail'));
  t.deepEqual(failed.sort(), [
    'rfc5280::chain-untrusted-root',
    'rfc5280::eku::ee-wrong-eku',
    'rfc5280::validity::expired-leaf',
    'webpki::san::mismatch-domain-san',
  ]);
});

for (const [fault, id] of [
  ['skips-name', 'webpki::san::mismatch-domain-san'],
  ['skips-dates', 'rfc5280::validity::expired-leaf'],
  ['skips-usage', 'rfc5280::eku::ee-wrong-eku'],
  ['trusts-any-chain', 'rfc5280::chain-untrusted-root'],
] as const)
  test(`${fault} is caught by ${id}`, async (t) => {
    const cases = served.filter((one) => one.id === id);
    t.regex(verdicts(await runFor(t, referenceClient({ faults: [fault] }), cases))[id] ?? '', /^fail/);
  });

test('a refusal is no merit of a client that could not have accepted', async (t) => {
  const below = served.filter(({ id }) => id === 'good::below').map((one) => ({ ...one, expected_result: 'FAILURE' }));
  const { results } = await runFor(t, referenceClient({ faults: ['no-intermediate'] }), below);
  t.deepEqual(
    results.map(({ verdict, reason }) => [verdict, reason]),
    [['skip', 'the client does not accept a certificate that it should (valid-intermediate)']],
  );
});

test('a client that cannot use the CAs of the case is not praised for it', async (t) => {
  const honest = referenceClient();
  const { readFile } = await import('node:fs/promises');
  const confused: Connect = async (endpoint, signal) => {
    const cas = (await readFile(endpoint.caFile, 'utf8')).match(/BEGIN CERTIFICATE/g)?.length;
    if (cas !== 1) throw new Error('more than it can read');
    return honest(endpoint, signal);
  };
  const { results } = await runFor(
    t,
    confused,
    served.filter(({ id }) => id === 'rfc5280::eku::ee-wrong-eku'),
  );
  t.deepEqual(
    results.map(({ verdict }) => verdict),
    ['skip'],
  );
});

test('what cannot be put to a client is skipped, with the reason', async (t) => {
  const { results } = await runFor(
    t,
    referenceClient(),
    skipped.map(([, one]) => one),
  );
  for (const [reason, { id }] of skipped) {
    const result = results.find((one) => one.id === `limbo/${id}`);
    t.is(result?.verdict, 'skip', id);
    t.regex(result?.reason ?? '', reason);
  }
});

test('ids are those of the suite, and cases of client authentication are left out', async (t) => {
  const { scenarios } = await loaded(t, [...served, ofClients]);
  const ids = scenarios.map(({ id }) => id).filter((id) => id.startsWith('limbo/'));
  t.deepEqual(ids, served.map(({ id }) => `limbo/${id}`).sort());
});

test('the client is told the domain of the case, and trusts its CAs and ours', async (t) => {
  const seen = new Set<string>();
  const client: Connect = async ({ domain, jid }) => {
    seen.add(`${domain} ${jid.split('@')[1]}`);
  };
  await runFor(t, client, [limboCase('good::plain')]);
  // The base control comes first, and this client does not get past it.
  t.is(seen.size, 1);
  const told: string[] = [];
  const honest = referenceClient();
  await runFor(
    t,
    async (endpoint, signal) => {
      told.push(endpoint.domain);
      return honest(endpoint, signal);
    },
    [limboCase('good::plain')],
  );
  t.deepEqual(told.slice(1), ['example.com', 'example.com']);
});

test('a CA file that cannot be written is an error of that scenario, and the run goes on', async (t) => {
  const honest = referenceClient();
  let logins = 0;
  const client: Connect = async (endpoint, signal) => {
    logins += 1;
    const claim = await honest(endpoint, signal);
    // After the base control, in which the file was the run's own.
    if (logins === 1) await rm(dirname(endpoint.caFile), { recursive: true });
    return claim;
  };
  const { results, exitStatus } = await runFor(t, client, [limboCase('good::plain')]);
  t.deepEqual(
    results.map(({ verdict }) => verdict),
    ['error'],
  );
  t.regex(results[0]?.reason ?? '', /cannot be |no such file/);
  t.is(exitStatus, 2);
});

const bad: [title: string, text: string, sentence: RegExp][] = [
  [
    'another schema version',
    suite(served, 2),
    /limbo\.json is an x509-limbo suite of schema version 2; only 1 is known\.$/,
  ],
  ['a version that is no number', suite(served, '1'), /schema version "1"; only 1/],
  ['cut off', suite(served).slice(0, 5000), /limbo\.json is no JSON; it seems to be cut off: .{5,80}\.$/],
  ['no JSON', 'id: x}', /limbo\.json is no JSON: /],
  ['empty', '', /limbo\.json is no JSON; it seems to be cut off: /],
  ['something else', '{"a":1}', /limbo\.json is no x509-limbo suite: /],
  ['a list', '[]', /is no x509-limbo suite/],
  ['null', 'null', /is no x509-limbo suite/],
  [
    'a case without a field',
    suite([{ ...served[0], peer_certificate: undefined }]),
    /testcases\[0\]: "peer_certificate" is not as/,
  ],
  ['a case that is none', suite([[]]), /testcases\[0\]: it is no case/],
  [
    'an id twice',
    suite([served[0], served[0]].map((one) => one ?? {})),
    /testcases\[1\]: the id good::plain is there already\.$/,
  ],
  ['an odd id', suite([limboCase('a b')]), /testcases\[0\]: "id" is not as/],
  ['an odd time', suite([limboCase('good::odd-time', {}, { validation_time: 'soon' })]), /"validation_time" is not as/],
  ['nothing for servers', suite([ofClients]), /no case of server authentication/],
];
for (const [title, text, sentence] of bad)
  test(`a bad file: ${title}`, async (t) => {
    const file = await written(t, text);
    const error = await t.throwsAsync(loadScenarios({ limbo: [file] }), { name: 'BadInput' });
    t.regex(error?.message ?? '', sentence);
    t.notRegex(error?.message ?? '', /\n/, 'one sentence');
  });

test('mistakes without end are not told without end', async (t) => {
  const file = await written(t, suite(Array.from({ length: 1000 }, () => [])));
  const error = await t.throwsAsync(loadScenarios({ limbo: [file] }), { name: 'BadInput' });
  t.is(error?.message.split('\n').length, 11);
});

test('40 MB are read, and what is not used of them is not kept', async (t) => {
  const cases = Array.from({ length: 8_000 }, (_, index) => ({
    ...served[index % 3],
    id: `many::n-${index}`,
    more: 'x'.repeat(3_500),
  }));
  const text = suite(cases);
  t.true(text.length > 40_000_000);
  const { scenarios } = await loadScenarios({ limbo: [await written(t, text)] });
  t.is(scenarios.filter(({ id }) => id.startsWith('limbo/')).length, 8_000);
  t.true(JSON.stringify(scenarios).length < 30_000_000);
});
