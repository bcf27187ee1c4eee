/** Reports of shards and of clients, put together; and what does not belong together. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { mergeReports } from '../../../harness/merge/merge.ts';
import { readReports } from '../../../harness/merge/read.ts';
import { json } from '../../../harness/report/json.ts';
import type { Report, Reports, Result } from '../../../harness/result.ts';
import { report, result } from '../report/fixtures.ts';

const catalogue = { hash: '0123', scenarios: [] };

const named = (label: string, results: Result[], more: Partial<Report> = {}): Report =>
  report(results, { client: { label, version: null, command: [label] }, notes: [], ...more });

const shard = (n: number, of: number, results: Result[], more: Partial<Report> = {}): Report =>
  named('a', results, { shard: { n, of, selection: 'all' }, ...more });

const merged = (...reports: Report[]): Reports =>
  mergeReports(
    reports.map((one, at) => ({ file: `${at + 1}.json`, report: one })),
    catalogue,
  );

test('the shards of a run are one whole report', (t) => {
  const parts = [
    shard(2, 2, [result('c/three', 'fail'), result('a/two', 'pass')]),
    shard(1, 2, [result('a/one', 'pass')]),
  ];
  const [whole, ...more] = merged(...parts);
  t.deepEqual(more, []);
  t.is(whole.shard, null);
  t.deepEqual(
    whole.results.map(({ id }) => id),
    ['a/one', 'c/three', 'a/two'],
  );
  t.like(whole, { selected: 3, durationMs: 2 * 5678, exitStatus: 1 });
  t.like(whole.summary, { pass: 2, fail: 1 });
  t.is(whole.controls.length, 1);
});

test('results stand in the order of the catalogue, where it is theirs', (t) => {
  const scenarios = ['a/two', 'a/one'].map((id) => ({ id })) as never;
  const parts = [shard(1, 2, [result('a/one', 'pass')]), shard(2, 2, [result('a/two', 'pass')])];
  const read = parts.map((one) => ({ file: 'x', report: one })).map((one, at) => ({ ...one, file: `${at}` }));
  const ids = (hash: string) => mergeReports(read, { hash, scenarios })[0].results.map(({ id }) => id);
  t.deepEqual(ids('0123'), ['a/two', 'a/one']);
  t.deepEqual(ids('other'), ['a/one', 'a/two']);
});

test('a broken base control is told once, as its worst', (t) => {
  const login = (verdict: 'fail' | 'pass') => result('control/login', verdict);
  const [whole] = merged(shard(1, 2, [login('pass')]), shard(2, 2, [login('fail'), result('a/b', 'pass')]));
  t.deepEqual(
    whole.results.map(({ id, verdict }) => `${id} ${verdict}`),
    ['control/login fail', 'a/b pass'],
  );
});

const pass = [result('a/b', 'pass')];
const statuses: [what: string, parts: [Result[], Partial<Report>?][], status: number][] = [
  ['all is well', [[pass], [[result('a/c', 'warn')]]], 0],
  ['one fails', [[pass], [[result('a/c', 'fail')]]], 1],
  ['with --strict, one warns', [[pass], [[result('a/c', 'warn')], { exitStatus: 1 }]], 1],
  ['a baseline entry is stale', [[pass], [[], { stale: [{ match: 'x', why: 'stale' }] }]], 1],
  ['one is open', [[pass], [[result('a/c', 'inconclusive')]]], 2],
  ['one was ended before its end', [[pass], [[result('a/c', 'pass')], { selected: 2, exitStatus: 2 }]], 2],
  ['one has nothing but skips', [[pass], [[result('a/c', 'skip')]]], 0],
  ['nothing was judged in any', [[[result('a/b', 'skip')]], [[result('a/c', 'skip')]]], 2],
];
for (const [what, parts, status] of statuses)
  test(`the exit status of shards: ${what}`, (t) => {
    const reports = parts.map(([results, more], at) => shard(at + 1, parts.length, results, more));
    t.is(merged(...reports)[0].exitStatus, status as never);
  });

test('several clients stay reports of their own, the worst status is that of all', (t) => {
  const reports = merged(named('a', pass), named('b', [result('a/b', 'fail')]), named('c', [result('a/b', 'error')]));
  t.deepEqual(
    reports.map(({ client }) => client.label),
    ['a', 'b', 'c'],
  );
  const document = JSON.parse(json(reports));
  t.is(document.format, 'xmpp-mallory/1');
  t.is(document.exitStatus, 1);
  t.is(document.reports.length, 3);
});

test('shards and clients in any mix', (t) => {
  const mix = [shard(2, 2, pass), named('b', pass), shard(1, 2, [result('a/c', 'pass')])];
  t.deepEqual(
    merged(...mix).map(({ client, results }) => `${client.label} ${results.length}`),
    ['a 2', 'b 1'],
  );
});

const refused: [what: string, reports: Report[], sentence: RegExp][] = [
  ['nothing', [], /^There is no report to merge/],
  [
    'other catalogues',
    [named('a', pass), named('b', pass, { catalogue: '4567' })],
    /^1\.json and 2\.json are of different catalogues \(0123 and 4567\)/,
  ],
  ['two whole runs', [named('a', pass), named('a', pass)], /^1\.json and 2\.json are both a whole run of a: give one/],
  [
    'a whole run and a shard',
    [shard(1, 2, pass), named('a', pass)],
    /^2\.json is a whole run of a, and 1\.json a shard/,
  ],
  ['one shard of three', [shard(2, 3, pass)], /^Of a, shards 1, 3 of 3 are missing: give their reports, too\.$/],
  ['all but one', [shard(1, 2, pass), named('b', pass)], /^Of a, shard 2 of 2 is missing: give its report, too\.$/],
  ['a shard twice', [shard(1, 2, pass), shard(1, 2, pass)], /^1\.json and 2\.json are both shard 1\/2 of a/],
  ['halves and thirds', [shard(1, 2, pass), shard(2, 3, pass)], /one is of 2 shards, the other of 3\.$/],
  ['other seeds', [shard(1, 2, pass), shard(2, 2, pass, { seed: 'x' })], /their seeds are abc and x\.$/],
  [
    'other selections',
    [shard(1, 2, pass), shard(2, 2, pass, { shard: { n: 2, of: 2, selection: 'few' } })],
    /are not of one run of a: what was selected differs\.$/,
  ],
];
for (const [what, reports, message] of refused)
  test(`refused: ${what}`, (t) => t.throws(() => merged(...reports), { name: 'BadInput', message }));

async function file(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-merge-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'r.json'), text);
  return join(folder, 'r.json');
}

test('a report is read as it was written, and so are several', async (t) => {
  const [a, b] = [named('a', pass), named('b', pass)];
  const read = await readReports([await file(t, json([a])), await file(t, json([a, b]))]);
  t.deepEqual(
    read.map(({ report }) => report),
    JSON.parse(JSON.stringify([a, a, b])),
  );
});

const whole = json([named('a', pass)]);
const unreadable: [what: string, text: string, sentence: RegExp][] = [
  ['nothing', '', /r\.json is no JSON/],
  ['a report that is cut short', whole.slice(0, whole.length / 2), /r\.json is cut short, or damaged \(/],
  ['something else', '{"a":1}', /r\.json is JSON, but no report: make it with --reporter json=FILE\.$/],
  ['null', 'null', /r\.json is JSON, but no report/],
  ['a later format', whole.replace('mallory/1', 'mallory/2'), /the format "xmpp-mallory\/2"; this version reads/],
  ['a field of another kind', whole.replace('"abc"', '7'), /r\.json is no report: seed: .*another version/],
  ['a damaged result', whole.replace('"pass",', '"passed",'), /r\.json is no report: results\[0\]\.verdict: /],
];
for (const [what, text, message] of unreadable)
  test(`not read: ${what}`, async (t) => {
    const path = await file(t, text);
    await t.throwsAsync(() => readReports([path]), { name: 'BadInput', message });
  });

test('not read: a file that is not there', (t) =>
  t.throwsAsync(() => readReports(['/nowhere.json']), {
    name: 'BadInput',
    message: /^\/nowhere\.json cannot be read: /,
  }));
