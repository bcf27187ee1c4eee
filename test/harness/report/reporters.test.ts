import test from 'ava';
import { type Element, parse } from 'ltx';
import YAML from 'yaml';
import { coloured } from '../../../harness/report/colour.ts';
import { reporters, textOf } from '../../../harness/report/index.ts';
import { json } from '../../../harness/report/json.ts';
import { junit } from '../../../harness/report/junit.ts';
import { pretty } from '../../../harness/report/pretty.ts';
import { tap } from '../../../harness/report/tap.ts';
import type { Report } from '../../../harness/result.ts';
import { ACTIVE, context, everything, report, result } from './fixtures.ts';

for (const name of Object.keys(reporters)) {
  const reporter = (one: Report) => textOf(name, [one], context);
  test(`${name}: nothing that a client says gets out as more than text`, async (t) => {
    t.notRegex(await reporter(everything), ACTIVE);
  });

  test(`${name}: a report without results is one, too`, async (t) => {
    t.truthy(await reporter(report([], { notes: [] })));
  });
}

test('pretty: a failure with its bytes, its clause and how to see it again', (t) => {
  const text = pretty(report([result('stripping/removed', 'fail')], { notes: [] }), context);
  t.regex(text, /^FAIL stripping\/removed\[starttls,ip\] {2}high$/m);
  t.regex(text, /^ {2}The title of stripping\/removed$/m);
  t.regex(text, /^ {4}mallory: remove on features {2}\(in clear\)$/m);
  t.regex(text, /^ {4}client -> <auth mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==<\/auth>.*\(in clear\)$/m);
  t.regex(text, /wanted: A client never goes on in clear text\. \(RFC 7590, section 3\.1; rfc7590-3\.1-not-deterred\)/);
  t.regex(text, /again: xmpp-mallory run stripping\/removed --tls starttls --via ip -- \.\/client/);
  t.regex(text, /canaries/);
});

test('pretty: a password of a real account is not called a canary', (t) => {
  const text = pretty(report([result('stripping/removed', 'fail')], { relayed: true }), context);
  t.regex(text, /masked/);
  t.notRegex(text, /canaries/);
});

test('pretty: the worst first, and the known last', (t) => {
  const text = pretty(everything, context);
  const order = [
    'FAIL stripping/removed',
    'WARN stripping/weak',
    'Not judged',
    'Skipped',
    'Known',
    'No longer so',
    '10 selected',
  ];
  const places = order.map((word) => text.indexOf(word));
  t.false(places.includes(-1), JSON.stringify(places));
  t.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('pretty: a broken base control goes before everything, once for all that it holds up', (t) => {
  const control = 'starttls,ip once';
  const broken = { profile: control, ok: false, outcome: null, diagnosis: 'It never connected.', durationMs: 1 };
  const results = ['a/one', 'a/two', 'b/one'].map((id) =>
    result(id, 'inconclusive', { control, reason: 'its base control failed' }),
  );
  const text = pretty(report(results, { notes: [], controls: [broken] }), context);
  t.regex(
    text,
    /No login over STARTTLS, even without an attack\n {2}It never connected\.\n {2}So nothing is said about a\/\* \(2\), b\/\* \(1\)\./,
  );
  t.notRegex(text, /Not judged/);
});

test('pretty: findings without weight are shown', (t) => {
  const finding = {
    code: 'jid-in-clear',
    message: 'It names the account.',
    requirement: 'x',
    level: 'info',
    severity: 'info',
    evidence: [],
  } as const;
  const text = pretty(report([result('privacy/from', 'pass', { findings: [{ ...finding, evidence: [] }] })]), context);
  t.regex(text, /Also seen\n {2}It names the account\. {2}jid-in-clear\n {4}privacy\/from/);
});

test('pretty: colour changes nothing but colour', (t) => {
  const text = pretty(everything, { ...context, paint: coloured });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are.
  t.is(text.replace(/\u001b\[\d+m/g, ''), pretty(everything, context));
});

test('TAP: plan, numbers, directives and YAML blocks', (t) => {
  const lines = tap(report(everything.results, { stale: [{ match: 'gone/*', why: 'stale' }] }), context).split('\n');
  t.is(lines[0], 'TAP version 14');
  t.is(lines[1], '1..11');
  const points = lines.filter((line) => /^(not )?ok /.test(line));
  t.deepEqual(
    points.map((line) => Number(/ok (\d+) - /.exec(line)?.[1])),
    Array.from({ length: 11 }, (_, index) => index + 1),
  );
  const point = (id: string) => points.find((line) => line.includes(id)) ?? '';
  t.regex(point('control/login'), /^ok 1 - control\/login\[starttls,ip\]$/);
  t.regex(point('stripping/removed'), /^not ok/);
  t.regex(point('stripping/weak'), /^ok/);
  t.regex(point('stripping/skipped'), /^ok .* # SKIP does not do /);
  t.regex(point('header/slow'), /^not ok/);
  t.regex(point('header/broken'), /^not ok/);
  t.regex(point('certificate/known'), /^not ok .* # TODO bug: issue 7/);
  t.regex(point('certificate/mended'), /^not ok/);
  t.regex(point('certificate/changed'), /^not ok/);
  t.regex(point('gone/'), /^not ok 11 - The baseline entry "gone\/\*" matches no scenario/);
  for (const line of points) t.true((line.match(/(?<!\\)#/g) ?? []).length <= 1, line);
});

test('TAP: diagnostics are YAML', (t) => {
  const text = tap(everything, context);
  const blocks = [...text.matchAll(/^ {2}---\n(.*?)^ {2}\.\.\.$/gms)].map(([, block = '']) => YAML.parse(block));
  t.is(blocks.length, 7);
  t.is(blocks[0].verdict, 'fail');
  t.is(blocks[0].findings[0].code, 'authenticated-in-clear');
  t.regex(blocks[0].findings[0].evidence[1], /^client -> <auth/);
});

test('JUnit: well-formed, with the right counts', (t) => {
  const text = junit([everything], context);
  const root: Element = parse(text);
  t.is(root.name, 'testsuites');
  t.like(root.attrs, { tests: '10', failures: '3', errors: '2', skipped: '3', time: '5.678' });
  const suites = root.getChildren('testsuite');
  t.deepEqual(
    suites.map(({ attrs }) => attrs.name),
    ['control', 'stripping', 'header', 'certificate'],
  );
  const cases = suites.flatMap((suite) => suite.getChildren('testcase'));
  const kinds = Object.fromEntries(
    cases.map((one) => [one.attrs.name.split('[')[0], one.getChildElements()[0]?.name ?? 'pass']),
  );
  t.deepEqual(kinds, {
    'control/login': 'pass',
    'stripping/removed': 'failure',
    'stripping/weak': 'system-out',
    'stripping/skipped': 'skipped',
    'header/slow': 'error',
    'header/broken': 'error',
    'certificate/known': 'skipped',
    'certificate/mended': 'failure',
    'certificate/changed': 'failure',
    'certificate/not-judged': 'skipped',
  });
  t.regex(
    suites[1]?.getChildren('testcase')[0]?.getChild('failure')?.getText() ?? '',
    /client -> <auth mechanism='PLAIN'>/,
  );
});

test('JUnit: what fails the whole run is a test case', (t) => {
  const nothing = report([result('a/b', 'skip')], { exitStatus: 2 });
  t.regex(junit([nothing], context), /<testcase classname="run" name="Nothing was judged/);
  const strict = report([result('a/b', 'warn')], { exitStatus: 1 });
  t.regex(junit([strict], context), /<testcase classname="run" name="1 warnings, and --strict is set\./);
});

test('JSON: the report as it is', (t) => {
  t.deepEqual(JSON.parse(json([everything])), JSON.parse(JSON.stringify(everything)));
});
