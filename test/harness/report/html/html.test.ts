/** The page as text: what it holds, and that nobody's words become markup or script. */
import { createHash } from 'node:crypto';
import test from 'ava';
import { html } from '../../../../harness/report/html/index.ts';
import { html as markup } from '../../../../harness/report/html/markup.ts';
import type { Details } from '../../../../harness/report/html/model.ts';
import type { Report } from '../../../../harness/result.ts';
import { ACTIVE, context, everything, report, result } from '../fixtures.ts';
import { unpackedBlocks } from './unpack.ts';

/** What breaks out of text, attributes, script elements and comments. */
const INJECTIONS = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></noscript><svg onload=alert(1)>',
];

/** A client that writes this wherever it can. */
const hostileReport = (words: string): Report =>
  report(
    [
      result('a/b', 'fail', {
        title: words,
        reason: words,
        rerun: words,
        stderrTail: words,
        findings: [{ code: words, message: words, requirement: words, level: 'must', severity: 'high', evidence: [1] }],
        baseline: { expected: 'fail', kind: words, reason: words, link: `javascript:${words}`, state: 'met' },
      }),
    ],
    {
      client: { label: words, version: words, command: [words] },
      notes: [words],
      stale: [{ match: words, why: 'stale' }],
    },
  );

const SCRIPTS = /<script\b([^>]*)>([\s\S]*?)<\/script>/g;
const policyOf = (page: string) => /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';

for (const words of INJECTIONS)
  test(`html: ${words} is text`, async (t) => {
    const page = await html([hostileReport(words)], context);
    const outside = page.replace(SCRIPTS, '').replace(/<style>[\s\S]*?<\/style>/, '');
    const tags = new Set([...outside.matchAll(/<([a-z!][\w-]*)([^>]*)>/gi)].map(([, tag = '']) => tag.toLowerCase()));
    for (const tag of ['script', 'img', 'svg', 'iframe', 'style', '!--', 'object', 'a']) t.false(tags.has(tag), tag);
    t.notRegex(outside, /<[^>]*\son\w+\s*=/i);
    t.is([...page.matchAll(SCRIPTS)].length, 4, 'two of ours, the index, a block');
    t.is(JSON.parse([...page.matchAll(SCRIPTS)][1]?.[2] ?? '').clients.length, 1);
  });

test('html: control characters and what hides text are shown, not passed on', async (t) => {
  t.notRegex(await html([everything], context), ACTIVE);
});

test('html: the policy lets our own script and style in by their hashes, and nothing else', async (t) => {
  const page = await html([everything], context);
  const policy = policyOf(page).replaceAll('&#39;', "'");
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const scripts = [...page.matchAll(SCRIPTS)].filter(([, attributes]) => attributes === '');
  t.is(scripts.length, 2);
  t.is(
    policy,
    [
      "default-src 'none'",
      `script-src ${scripts.map(([, , text]) => hash(text)).join(' ')}`,
      `style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1])}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  );
  t.notRegex(page.replace(SCRIPTS, ''), /\b(src|href|style)=/);
});

test('html: without its script, the summary and the findings with their clauses', async (t) => {
  const page = (await html([everything], context)).replace(SCRIPTS, '');
  t.regex(page, /<th scope="row">client /);
  t.regex(page, /<h3>stripping\/removed\[starttls\]/);
  t.regex(page, /A client never goes on in clear text\. \(RFC 7590, section 3\.1\)/);
  t.regex(page, /Without JavaScript/);
});

test('html: details are packed, and whole', async (t) => {
  const page = await html([everything], context);
  const details: Details[] = JSON.parse(unpackedBlocks(page)[0] ?? '[]');
  t.is(details.length, everything.results.length);
  const failed = details.flatMap(({ cells }) => cells).find((cell) => cell?.key === 'stripping/removed[starttls,ip]');
  const { id, title, transport, importance, ...wanted } = everything.results[1] ?? result('', 'pass');
  t.deepEqual(failed, JSON.parse(JSON.stringify(wanted)));
});

test('html: clients stand side by side, where each ran the scenario', async (t) => {
  const named = (label: string, ...results: ReturnType<typeof result>[]) =>
    report(results, { client: { label, version: null, command: [] }, notes: [] });
  const reports = [
    named('one', result('a/b', 'pass'), result('a/c', 'pass')),
    named('two', result('a/b', 'fail')),
    named('two', result('a/c', 'skip')),
  ] as const;
  const page = await html(reports, context);
  const index = JSON.parse(/id="index">([^<]*)</.exec(page)?.[1] ?? '');
  t.deepEqual(index.clients, ['one', 'two (2)', 'two (3)']);
  t.deepEqual(
    index.rows.map((row: { id: string; verdicts: string }) => `${row.id} ${row.verdicts}`),
    ['a/b pf.', 'a/c p.s'],
  );
});

test('html: a template escapes whatever it did not make', (t) => {
  t.is(
    markup`<p title="${'"\'&'}">${'<b>'}${1}${markup`<i>${'>'}</i>`}${[markup`<br>`]}</p>`.markup,
    '<p title="&quot;&#39;&amp;">&lt;b&gt;1<i>&gt;</i><br></p>',
  );
});
