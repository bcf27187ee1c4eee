import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { applyBaseline } from '../../../harness/judge/baseline.ts';
import { loadBaseline, writeBaseline } from '../../../harness/judge/baseline-file.ts';
import { exitStatus } from '../../../harness/judge/exit-status.ts';
import { ACTIVE, everything, HOSTILE, result } from '../report/fixtures.ts';

async function load(t: ExecutionContext, text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-baseline-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'baseline.yaml');
  await writeFile(file, text);
  return loadBaseline(file);
}

const ENTRY = '- match: certificate/*\n  expected: fail\n  kind: bug\n  reason: it is so\n';

test('entries know their line', async (t) => {
  const { entries } = await load(t, `# why\n${ENTRY}${ENTRY}  expires: 2031-12-31\n  link: https://example.test/1\n`);
  t.like(entries[0], { match: 'certificate/*', expected: 'fail', kind: 'bug', reason: 'it is so', line: 2 });
  t.like(entries[1], { expires: '2031-12-31', link: 'https://example.test/1', line: 6 });
});

test('an empty file is an empty baseline', async (t) => {
  t.deepEqual((await load(t, '# all is mended\n')).entries, []);
});

const mistakes: [name: string, text: string, message: RegExp][] = [
  ['no list', 'match: x\n', /baseline\.yaml:1:1: the file must be a list, not a mapping\./],
  ['an unknown key', `${ENTRY}  expiry: 2031-12-31\n`, /:5:3: unknown key "expiry"; did you mean "expires"\?/],
  ['a kind that is none', ENTRY.replace('bug', 'bugg'), /:3:9: "bugg" is not allowed for "kind"; did you mean "bug"\?/],
  [
    'what cannot be expected',
    ENTRY.replace('fail', 'pass'),
    /"pass" is not allowed for "expected"\. Allowed: fail, warn, inconclusive, skip\./,
  ],
  ['no reason', ENTRY.replace('  reason: it is so\n', ''), /:1:3: "reason" is missing\./],
  [
    'a day that is none',
    `${ENTRY}  expires: tomorrow\n`,
    /:5:12: "expires" is "tomorrow", but must be a day, such as 2031-12-31\./,
  ],
];
for (const [name, text, message] of mistakes)
  test(`told with its place: ${name}`, (t) => t.throwsAsync(load(t, text), { name: 'BadInput', message }));

test('a missing file is told', (t) =>
  t.throwsAsync(loadBaseline('/nowhere/b.yaml'), { name: 'BadInput', message: /there is no such file/ }));

const KEYS = everything.results.map(({ key }) => key);

test('what was written is met by the same results, whatever a client says', async (t) => {
  const results = everything.results.map((one) => ({ ...one, baseline: null }));
  const text = writeBaseline(results, `client ${HOSTILE}`);
  t.notRegex(text, ACTIVE);
  const applied = applyBaseline(results, await load(t, text), KEYS, '2030-01-01');
  t.deepEqual(applied.stale, []);
  const states = applied.results.map(({ verdict, baseline }) => `${verdict} ${baseline?.state ?? 'not listed'}`);
  t.deepEqual([...new Set(states)].sort(), [
    'error not listed',
    'fail met',
    'inconclusive met',
    'pass not listed',
    'skip not listed',
    'warn met',
  ]);
  const judged = applied.results.filter(({ verdict }) => verdict !== 'error');
  t.is(exitStatus(judged, [], { strict: true, patterns: [] }), 0);
});

test('one entry where all results of an id are alike, else one for each key', (t) => {
  const both = (id: string, ...verdicts: ['fail' | 'pass', 'fail' | 'pass']) =>
    verdicts.map((verdict, index) => result(id, verdict, { key: `${id}[${index === 0 ? 'starttls' : 'direct'},ip]` }));
  const text = writeBaseline([...both('a/alike', 'fail', 'fail'), ...both('a/one', 'fail', 'pass')], 'it');
  t.deepEqual(
    [...text.matchAll(/^- match: "?([^"\n]+)/gm)].map(([, match]) => match),
    ['a/alike', 'a/one[starttls,ip]'],
  );
});

test('what people wrote is kept, and so is what did not run', async (t) => {
  const before = await load(
    t,
    `- { match: "a/known", expected: fail, kind: wontfix, reason: by design, link: "https://x.test", expires: 2031-01-01 }
- { match: "b/*", expected: warn, kind: todo, reason: not selected }
- { match: "a/mended", expected: fail, kind: bug, reason: was so }
`,
  );
  const ran = [result('a/known', 'fail'), result('a/mended', 'pass'), result('a/new', 'fail')];
  const { results } = applyBaseline(ran, before, KEYS, '2030-01-01');
  const { entries } = await load(t, writeBaseline(results, 'it', before));
  t.deepEqual(
    entries.map(({ match, kind, reason }) => `${match} ${kind} ${reason.slice(0, 12)}`),
    ['b/* todo not selected', 'a/known[starttls,ip] wontfix by design', 'a/new[starttls,ip] bug It authentic'],
  );
  t.like(entries[1], { link: 'https://x.test', expires: '2031-01-01' });
});
