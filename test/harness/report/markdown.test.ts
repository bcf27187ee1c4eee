import test from 'ava';
import { markdown } from '../../../harness/report/markdown.ts';
import { block, code, inline, prose, table } from '../../../harness/report/markdown-text.ts';
import { context, everything, HOSTILE, report, result } from './fixtures.ts';

/** What a renderer would act on: markup, HTML, links, mentions, tables. */
const NASTY = [
  '<img src=x onerror=alert(1)>',
  '</code></details><script>alert(1)</script>',
  '[text](javascript:alert(1))',
  '![x](https://evil.test/pixel)',
  'https://evil.test www.evil.test',
  '@somebody #1 GH-1',
  '| a | b |',
  '`code` ```fence``` ~~~',
  '**bold** _em_ ~~gone~~ # head\n\n# head\n- item\n1. item',
  '&lt; &#60; \\<b>',
  '$x$ $$y$$',
  HOSTILE,
];

for (const text of NASTY)
  test(`Markdown: no markup comes of ${JSON.stringify(text).slice(0, 60)}`, (t) => {
    for (const write of [inline, prose, code]) {
      const bare = write(text)
        .replace(/<\/?(code|span)>/g, '')
        .replace(/&#\d+;/g, '');
      t.notRegex(bare, /[\\`*_{}[\]<>#|~&@\n$]|:\/\/|www\./, bare);
    }
    // A cell stays one.
    t.is(
      table(['a', 'b'], [[prose(text), code(text)]])
        .split('\n')[2]
        ?.match(/\|/g)?.length,
      3,
    );
    const lines = block([text, text]).split('\n');
    const [fence = ''] = /^`+/.exec(lines[0] ?? '') ?? [];
    t.true(lines.slice(1, -1).every((line) => !line.trim().startsWith(fence)));
    t.is(lines.length, 4);
  });

test('Markdown: a heading, a table of families, and what failed with its proof', (t) => {
  const text = markdown([everything], context);
  t.regex(text, /^## xmpp-mallory: client /);
  t.regex(text, /^\| stripping \| +\| 1 \| 1 \| 1 \|/m);
  t.regex(text, /^### FAIL: <code>stripping&#47;removed&#91;starttls&#44;ip&#93;<\/code>$/m);
  t.regex(text, /\[RFC 7590, section 3\.1\]\(https:\/\/www\.rfc-editor\.org\/rfc\/rfc7590#section-3\.1\)/);
  t.regex(text, /^client -> <auth mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==<\/auth>/m);
  t.regex(text, /^xmpp-mallory run stripping\/removed --tls starttls --via ip -- \.\/client$/m);
  t.is(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
  t.notRegex(text, /### .*certificate&#47;known/);
  t.regex(text, /1 known, from the baseline/);
  t.regex(text, /2 not judged/);
});

test('Markdown: several clients are columns', (t) => {
  const named = (label: string) => ({ client: { label, version: null, command: [] } });
  const a = report([result('a/one', 'fail'), result('a/two', 'pass')], named('first'));
  const b = report([result('a/one', 'pass'), result('a/two', 'pass')], named('second'));
  const text = markdown([a, b], context);
  t.regex(text, /^\| family \| first \| second \|$/m);
  t.regex(text, /^\| a \| 1 pass, 1 fail \| 2 pass \|$/m);
  t.regex(text, /^\| <code>a&#47;one[^|]* \| \*\*fail\*\* \| pass \|$/m);
  t.notRegex(text, /a&#47;two/);
});

test('Markdown: a job summary holds 1 MiB, and what has no room is said', (t) => {
  const many = Array.from({ length: 3_000 }, (_, index) => result(`a/n${index}`, 'fail'));
  const text = markdown([report(many)], context);
  t.true(Buffer.byteLength(text) < 1_000_000);
  t.regex(text, /> \d+ sections more are left out/);
  t.is(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
});
