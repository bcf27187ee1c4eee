import test from 'ava';
import { applyBaseline, type BaselineEntry } from '../../../harness/judge/baseline.ts';
import type { BaselineNote, Verdict } from '../../../harness/result.ts';
import { result } from '../report/fixtures.ts';

const KEYS = ['certificate/expired[starttls,ip]', 'certificate/expired[direct,ip]', 'stripping/x[starttls,ip]'];
const TODAY = '2030-06-15';

const entry = (match: string, more: Partial<BaselineEntry> = {}): BaselineEntry => ({
  match,
  expected: 'fail',
  kind: 'bug',
  reason: `because of ${match}`,
  ...more,
});

const apply = (verdict: Verdict, ...entries: BaselineEntry[]) =>
  applyBaseline([result('certificate/expired', verdict)], { file: 'b.yaml', entries }, KEYS, TODAY);

const states: [expected: Verdict, kind: BaselineEntry['kind'], got: Verdict, state: BaselineNote['state']][] = [
  ['fail', 'bug', 'fail', 'met'],
  ['fail', 'bug', 'pass', 'unexpected-pass'],
  ['fail', 'bug', 'warn', 'changed'],
  ['fail', 'bug', 'skip', 'not-judged'],
  ['fail', 'bug', 'inconclusive', 'not-judged'],
  ['fail', 'bug', 'error', 'not-judged'],
  ['fail', 'flaky', 'fail', 'met'],
  ['fail', 'flaky', 'pass', 'met'],
  ['fail', 'flaky', 'warn', 'changed'],
  ['fail', 'flaky', 'inconclusive', 'not-judged'],
  ['warn', 'wontfix', 'warn', 'met'],
  ['warn', 'wontfix', 'fail', 'changed'],
  ['warn', 'wontfix', 'pass', 'unexpected-pass'],
  ['inconclusive', 'todo', 'inconclusive', 'met'],
  ['inconclusive', 'todo', 'fail', 'changed'],
  ['inconclusive', 'todo', 'pass', 'unexpected-pass'],
  ['inconclusive', 'todo', 'skip', 'not-judged'],
  ['skip', 'unsupported', 'skip', 'met'],
  ['skip', 'unsupported', 'pass', 'unexpected-pass'],
];
for (const [expected, kind, got, state] of states)
  test(`${expected} (${kind}) was expected, ${got} came: ${state}`, (t) => {
    t.is(apply(got, entry('certificate/*', { expected, kind })).results[0]?.baseline?.state, state);
  });

test('an unexpected pass says which line to delete', (t) => {
  const { notes } = apply('pass', entry('certificate/*', { line: 7 }));
  t.deepEqual(notes, [
    'certificate/expired[starttls,ip] passes now: delete "certificate/*" from the baseline (b.yaml:7).',
  ]);
});

const matches: [match: string, found: boolean][] = [
  ['certificate/expired', true],
  ['certificate/expired[starttls,ip]', true],
  ['certificate/expired[*,ip]', true],
  ['certificate/*', true],
  ['*', true],
  ['certificate/expired[direct,ip]', false],
  ['stripping/x', false],
  ['certificate/expire', false],
];
for (const [match, found] of matches)
  test(`${match} ${found ? 'is' : 'is not'} about it`, (t) => {
    t.is(apply('fail', entry(match)).results[0]?.baseline !== null, found);
    t.deepEqual(apply('fail', entry(match)).stale, match === 'certificate/expire' ? [{ match, why: 'stale' }] : []);
  });

test('the most exact entry counts, wherever it stands', (t) => {
  const order = ['certificate/expired[starttls,ip]', 'certificate/expired', 'certificate/exp*', 'certificate/*', '*'];
  for (const [index] of order.entries()) {
    const entries = order.slice(index).map((match) => entry(match));
    const reason = `because of ${order[index]}`;
    t.is(apply('fail', ...entries).results[0]?.baseline?.reason, reason);
    t.is(apply('fail', ...entries.reverse()).results[0]?.baseline?.reason, reason);
  }
});

test('an entry holds on its last day and not after', (t) => {
  t.is(apply('fail', entry('*', { expires: TODAY })).results[0]?.baseline?.state, 'met');
  const after = apply('fail', entry('*', { expires: '2030-06-14' }));
  t.is(after.results[0]?.baseline, null);
  t.deepEqual(after.stale, [{ match: '*', why: 'expired' }]);
});

test('stale is what matches nothing in the catalogue, not what was not selected', (t) => {
  t.deepEqual(apply('pass', entry('stripping/*'), entry('gone/*')).stale, [{ match: 'gone/*', why: 'stale' }]);
});
