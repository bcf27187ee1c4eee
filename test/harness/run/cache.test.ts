/** What may be taken from an earlier run, and what never is. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import {
  functionClient,
  loadScenarios,
  type Report,
  type RunScenariosOptions,
  runScenarios,
} from '../../../harness/index.ts';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';

const catalogue = await loadScenarios();
const PATTERNS = ['stripping/starttls-removed-scram', 'stripping/starttls-removed-sasl2'];

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-cache-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

/** How many sessions the client had, and what was said of it. */
async function run(
  cache: string,
  { faults, version = '1', ...more }: { faults?: Fault[]; version?: string | null } & Partial<RunScenariosOptions> = {},
): Promise<{ sessions: number; report: Report }> {
  let sessions = 0;
  const connect = referenceClient({ faults });
  const client = functionClient(
    (endpoint, signal) => {
      sessions += 1;
      return connect(endpoint, signal);
    },
    { label: 'reference', version },
  );
  const report = await runScenarios({ client, catalogue, patterns: PATTERNS, cache, ...more });
  return { sessions, report };
}

test('what passed is not run again, and is marked', async (t) => {
  const dir = await folder(t);
  const first = await run(dir);
  t.true(first.sessions > 0);
  t.deepEqual(first.report.notes, []);
  const second = await run(dir);
  t.is(second.sessions, 0);
  t.deepEqual(second.report.notes, ['2 of 2 results are cached: from earlier runs.']);
  t.is(second.report.exitStatus, 0);
  for (const [index, { key, verdict, reason }] of second.report.results.entries()) {
    const before = first.report.results[index];
    t.deepEqual(key, before?.key ?? null);
    t.is(verdict, 'pass');
    t.is(reason, before?.reason ? `cached: ${before.reason}` : 'cached');
  }
  const third = await run(dir);
  t.deepEqual(third.report.results, second.report.results, 'it is marked once');
});

test('what is new runs, and what was there does not', async (t) => {
  const dir = await folder(t);
  await run(dir, { patterns: PATTERNS.slice(0, 1) });
  const { report } = await run(dir);
  t.deepEqual(
    report.results.filter(({ reason }) => reason === 'cached').map(({ id }) => id),
    PATTERNS.slice(0, 1),
  );
  t.is(report.results.length, 2);
});

test('what failed runs again', async (t) => {
  const dir = await folder(t);
  const faults: Fault[] = ['continues-in-clear'];
  await run(dir, { faults });
  const { sessions, report } = await run(dir, { faults });
  t.true(sessions >= PATTERNS.length);
  t.is(report.exitStatus, 1);
  t.deepEqual(report.notes, []);
});

const others: [what: string, options: Parameters<typeof run>[1]][] = [
  ['another version of the client', { version: '2' }],
  ['another policy', { policy: 'rfc6125' }],
  ['another limit', { timeoutMs: 9_000 }],
  ['another seed', { seed: '2' }],
  ['other options of the command line', { rerun: ['--keep-home'] }],
  ['another catalogue', { catalogue: { ...catalogue, hash: 'another' } }],
];
for (const [what, options] of others)
  test(`nothing is taken from ${what}`, async (t) => {
    const dir = await folder(t);
    await run(dir);
    const { sessions } = await run(dir, options);
    t.true(sessions > 0);
  });

test('a client without a version is refused', async (t) => {
  const dir = await folder(t);
  await t.throwsAsync(run(dir, { version: null }), { name: 'BadInput', message: /needs the version of the client/ });
  t.deepEqual(await readdir(dir), []);
});

test('a file that is no cache holds nothing', async (t) => {
  const dir = await folder(t);
  await run(dir);
  for (const name of await readdir(dir)) await writeFile(join(dir, name), '{"truncated');
  const { sessions, report } = await run(dir);
  t.true(sessions > 0);
  t.is(report.exitStatus, 0);
});

test('a folder that cannot be written is told, and the run counts', async (t) => {
  const file = join(await folder(t), 'file');
  await writeFile(file, '');
  const { report } = await run(join(file, 'below'));
  t.regex(report.notes.join(), /^The results cannot be kept in /);
  t.is(report.exitStatus, 0);
});
