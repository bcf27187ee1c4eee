import { readFile } from 'node:fs/promises';
import test from 'ava';
import { z } from 'zod';
import { sarif } from '../../../harness/report/sarif.ts';
import type { Reports } from '../../../harness/result.ts';
import type { Scenario } from '../../../harness/scenario/scenario.ts';
import { context, everything, inClear, report, result } from './fixtures.ts';

const text = await readFile(new URL('../../vendor/sarif-2.1.0.schema.json', import.meta.url), 'utf8');
// zod takes a reference for a whole URI; a test below looks at those by itself.
const schema = z.fromJSONSchema(JSON.parse(text, (_, value) => (value === 'uri-reference' ? undefined : value)));

/** What of it the tests look at. */
interface Log {
  runs: {
    tool: { driver: { rules: { id: string; helpUri?: string; defaultConfiguration: { level: string } }[] } };
    automationDetails: { id: string };
    invocations: {
      executionSuccessful: boolean;
      toolExecutionNotifications: { level: string; message: { text: string } }[];
    }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      partialFingerprints: Record<string, string>;
      suppressions?: { justification: string }[];
    }[];
  }[];
}

const logOf = (reports: Reports, around = context): Log => JSON.parse(sarif(reports, around));

const valid: [title: string, reports: Reports][] = [
  ['every kind of result', [everything]],
  ['no result', [report([])]],
  ['several clients', [everything, report([result('a/b', 'fail')])]],
  [
    'a clause that the catalogue does not have',
    [report([result('a/b', 'fail', { findings: [{ ...inClear, requirement: '__proto__' }] })])],
  ],
];
for (const [title, reports] of valid)
  test(`SARIF is as its schema says: ${title}`, (t) => {
    const { error } = schema.safeParse(logOf(reports));
    t.is(error, undefined, z.prettifyError(error ?? new z.ZodError([])));
  });

test('the schema is not one that lets everything through', (t) => {
  const log = logOf([everything]);
  for (const one of log.runs[0]?.results ?? []) one.level = 'fatal';
  t.false(schema.safeParse(log).success);
});

const levels = [
  ['must', 'error'],
  ['should', 'warning'],
  ['info', 'note'],
] as const;
for (const [level, wanted] of levels)
  test(`SARIF: ${level} is ${wanted}`, (t) => {
    const [run] = logOf([report([result('a/b', 'warn', { findings: [{ ...inClear, level }] })])]).runs;
    t.is(run?.results[0]?.level, wanted);
    t.is(run?.tool.driver.rules[0]?.defaultConfiguration.level, wanted);
  });

test('SARIF: a rule is a clause, with where to read it', (t) => {
  const [run] = logOf([everything]).runs;
  const [rule, ...others] = run?.tool.driver.rules ?? [];
  t.is(rule?.id, 'rfc7590-3.1-not-deterred');
  t.is(rule?.helpUri, 'https://www.rfc-editor.org/rfc/rfc7590#section-3.1');
  t.deepEqual(others, []);
  t.true(run?.results.every(({ ruleIndex, ruleId }) => ruleIndex === 0 && ruleId === rule?.id));
});

test('SARIF: fingerprints tell findings apart, and stay the same whatever else happens', (t) => {
  const one = report([result('a/one', 'fail'), result('a/two', 'fail')]);
  const later = report([
    result('a/zero', 'fail'),
    result('a/two', 'fail', { durationMs: 1, stderrTail: '', via: 'host' }),
  ]);
  const prints = (log: Log) => log.runs[0]?.results.map(({ partialFingerprints }) => partialFingerprints) ?? [];
  const [first, second] = prints(logOf([one]));
  t.not(first?.primaryLocationLineHash, second?.primaryLocationLineHash);
  t.deepEqual(prints(logOf([later]))[1], second);
  t.deepEqual(Object.keys(second ?? {}), ['xmppMallory/v1', 'primaryLocationLineHash']);
});

test('SARIF: what the baseline knows is suppressed, with its reason', (t) => {
  const [run] = logOf([everything]).runs;
  const suppressed = run?.results.filter(({ suppressions }) => suppressions) ?? [];
  t.is(suppressed.length, 1);
  t.regex(suppressed[0]?.suppressions?.[0]?.justification ?? '', /^bug: issue 7/);
});

test('SARIF: findings are at the driver where one is known, and else at the scenario', (t) => {
  const uriOf = (around: typeof context) =>
    logOf([report([result('stripping/removed', 'fail')])], around).runs[0]?.results[0]?.locations[0]?.physicalLocation
      .artifactLocation.uri;
  t.is(uriOf({ ...context, artifact: () => 'test/my driver#1.py' }), 'test/my%20driver%231.py');
  const scenario = { id: 'stripping/removed', source: '/scenarios/stripping/removed.yaml' } as Scenario;
  t.is(uriOf({ ...context, scenarios: [scenario] }), 'scenarios/stripping/removed.yaml');
  t.is(uriOf({ ...context, scenarios: [] }), 'scenarios');
});

test('SARIF: what says nothing about the client is told all the same', (t) => {
  const [run] = logOf([everything]).runs;
  const [invocation] = run?.invocations ?? [];
  t.false(invocation?.executionSuccessful);
  const texts = invocation?.toolExecutionNotifications.map(({ message }) => message.text).join('\n') ?? '';
  t.regex(texts, /header\/slow\[starttls,ip\]: inconclusive: too slow/);
  t.regex(texts, /header\/broken\[starttls,ip\]: error: cannot/);
  t.regex(texts, /certificate\/mended\[starttls,ip\]: pass: the baseline expects fail/);
});

test('SARIF: each client has a category of its own', (t) => {
  const named = (label: string) => report([], { client: { label, version: null, command: [] } });
  const ids = logOf([named('a'), named('b')]).runs.map(({ automationDetails }) => automationDetails.id);
  t.deepEqual(ids, ['xmpp-mallory/a/', 'xmpp-mallory/b/']);
});
