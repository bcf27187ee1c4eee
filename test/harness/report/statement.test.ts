import test from 'ava';
import { loadScenarios } from '../../../harness/index.ts';
import { BARE_CONTEXT } from '../../../harness/report/reporter.ts';
import { statement } from '../../../harness/report/statement.ts';
import { DOCUMENTS } from '../../../harness/report/statement-sections.ts';
import type { Finding, Result, Verdict } from '../../../harness/result.ts';
import type { Scenario } from '../../../harness/scenario/scenario.ts';
import { inClear, report, result } from './fixtures.ts';

const catalogue = await loadScenarios();

const ids = Object.keys(catalogue.requirements);
for (const { source, sections } of DOCUMENTS)
  for (const { section, by, not } of sections) {
    test(`${source}, ${section}: something stands behind it, or why nothing does`, (t) => {
      for (const prefix of by)
        t.true(
          ids.some((id) => id.startsWith(prefix)),
          prefix,
        );
      const own = Object.values(catalogue.requirements).some((one) => one.source === source && one.section === section);
      t.true(own || by.length + not.length > 0);
    });
  }

test('every clause of these documents that a client is held to is in a section', (t) => {
  for (const { source, sections } of DOCUMENTS)
    for (const [id, one] of Object.entries(catalogue.requirements))
      if (one.source === source)
        t.true(
          sections.some(({ section }) => section === one.section),
          id,
        );
});

const MUST = 'rfc7590-3.1-not-deterred';
const scenario = (id: string) => ({ id, expect: { never: { 'in-clear': MUST }, see: {} } }) as unknown as Scenario;

function rowOf(results: Result[], requirement = MUST): string {
  const { requirements } = catalogue;
  const context = { ...BARE_CONTEXT, requirements, scenarios: [scenario('a/one'), scenario('a/two')] };
  const text = statement([report(results, { notes: [] })], context);
  const { text: wanted = '' } = requirements[requirement] ?? {};
  const row = text.split('\n').find((line) => line.startsWith('| [') && line.includes(wanted.slice(0, 30)));
  return row?.split(' | ').at(-1) ?? '';
}

const as =
  (verdict: Verdict, more: Partial<Result> = {}) =>
  (id: string) =>
    result(id, verdict, { findings: [], ...more });
const broken = (level: Finding['level']) => (id: string) =>
  result(id, level === 'must' ? 'fail' : 'warn', { findings: [{ ...inClear, requirement: MUST, level }] });
const other = (id: string) => result(id, 'fail', { findings: [{ ...inClear, requirement: 'rfc9325-4.1-rc4' }] });

const table: [
  title: string,
  one: ((id: string) => Result) | null,
  two: ((id: string) => Result) | null,
  state: RegExp,
][] = [
  ['kept in all', as('pass'), as('pass'), /^conforms: kept in 2/],
  ['a warning about something else', as('pass'), as('warn'), /^conforms: kept in 2/],
  ['broken once', as('pass'), broken('must'), /^\*\*does not conform\*\*: broken in 1; kept in 1/],
  [
    'broken, and known to the baseline',
    as('pass'),
    (id) => ({
      ...broken('must')(id),
      baseline: { expected: 'fail', kind: 'wontfix', reason: 'x', link: null, state: 'met' },
    }),
    /^\*\*does not conform\*\*/,
  ],
  ['not run', as('pass'), null, /^partly tested: kept in 1; open in 1 \(not run\)/],
  ['skipped', as('pass'), as('skip', { reason: 'no direct TLS' }), /^partly tested: .*skipped: no direct TLS/],
  ['not judged', as('pass'), as('inconclusive'), /^partly tested: .*inconclusive/],
  ['not judged anywhere', as('inconclusive'), as('error'), /^not tested: open in 2/],
  ['another rule was broken first', as('pass'), other, /^partly tested: .*another clause was broken/],
  ['nothing run', null, null, /^not tested: open in 2/],
];
for (const [title, one, two, state] of table)
  test(`statement: ${title}`, (t) => {
    t.regex(rowOf([...(one ? [one('a/one')] : []), ...(two ? [two('a/two')] : [])]), state);
  });

test('statement: kept by one transport is enough where the other is not spoken, and not where it could not be judged', (t) => {
  const direct = (verdict: Verdict) => as(verdict, { transport: 'direct', key: 'a/one[direct,ip]' })('a/one');
  t.regex(rowOf([as('pass')('a/one'), direct('skip'), as('pass')('a/two')]), /^conforms: kept in 2/);
  t.regex(rowOf([as('pass')('a/one'), direct('inconclusive'), as('pass')('a/two')]), /^partly tested/);
});

test('statement: what is never right counts wherever it was seen', (t) => {
  t.regex(
    rowOf([as('pass')('a/one'), as('pass')('a/two'), broken('must')('b/three')]),
    /^\*\*does not conform\*\*: broken in 1/,
  );
});

test('statement: a SHOULD is departed from, and no more', (t) => {
  const should = 'rfc7590-3.1-proceed';
  const results = [result('a/one', 'warn', { findings: [{ ...inClear, requirement: should, level: 'should' }] })];
  t.regex(rowOf(results, should), /^\*\*departs\*\*: broken in 1/);
});

test('statement: without the catalogue it claims nothing', (t) => {
  const text = statement([report([as('pass')('a/one'), broken('must')('a/two')], { notes: [] })], BARE_CONTEXT);
  t.regex(text, /is not at hand/);
  t.notRegex(text, /conforms|not tested/);
});
