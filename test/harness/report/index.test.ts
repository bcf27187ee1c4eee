import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseReporters, type ReporterSpec, writeReports } from '../../../harness/report/index.ts';
import { context, everything } from './fixtures.ts';

const pretty = { name: 'pretty', file: null };

const good: [words: string[], wanted: ReporterSpec[]][] = [
  [[], [pretty]],
  [['tap'], [{ name: 'tap', file: null }]],
  [['junit=out/a=b.xml'], [pretty, { name: 'junit', file: 'out/a=b.xml' }]],
  [
    ['json', 'pretty=p.txt'],
    [
      { name: 'json', file: null },
      { name: 'pretty', file: 'p.txt' },
    ],
  ],
];
for (const [words, wanted] of good)
  test(`reporters: ${words.join(' ')}`, (t) => t.deepEqual(parseReporters(words), wanted));

const bad: [words: string[], message: RegExp][] = [
  [['jnit'], /There is no reporter "jnit"; did you mean "junit"\? There are: pretty, tap, junit, json, html, /],
  [['json='], /--reporter json= names no file; write --reporter json=FILE\./],
  [['json', 'tap'], /json and tap would both write to standard output: give one a file, --reporter tap=FILE\./],
  [['json=x', 'tap=x'], /json and tap would both write to x/],
];
for (const [words, message] of bad)
  test(`no reporters: ${words.join(' ')}`, (t) => t.throws(() => parseReporters(words), { name: 'BadInput', message }));

test('a file that cannot be written does not keep the others from being written', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-report-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const [blocked, nested] = [join(folder, 'file', 'a.xml'), join(folder, 'new', 'folder', 'b.tap')];
  await writeFile(join(folder, 'file'), '');
  const specs = [{ name: 'junit', file: blocked }, { name: 'tap', file: nested }, pretty];
  const printed: string[] = [];
  const problems = await writeReports([everything], specs, context, async (text) => void printed.push(text));
  t.is(problems.length, 1);
  t.regex(problems[0] ?? '', /^The junit report cannot be written to .*a\.xml: /);
  t.regex(await readFile(nested, 'utf8'), /^TAP version 14/);
  t.regex(printed.join(''), /10 selected/);
});
