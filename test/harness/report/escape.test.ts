import test from 'ava';
import { jsonText, shortened, visible, visibleLines } from '../../../harness/report/escape.ts';
import { ACTIVE, HOSTILE } from './fixtures.ts';

const table: [text: string, wanted: string][] = [
  ['plain text, ünïcode 漢字 🎉', 'plain text, ünïcode 漢字 🎉'],
  ['<a b="c">&amp;</a> \\ \' #', '<a b="c">&amp;</a> \\ \' #'],
  ['a\nb\r\nc\td', 'a\\nb\\r\\nc\\td'],
  ['\u001b[31m', '\\x1b[31m'],
  ['\u0000\u007f\u0085\u009b', '\\x00\\x7f\\x85\\x9b'],
  ['\u202eevil\u2066\u200b\ufeff', '\\u202eevil\\u2066\\u200b\\ufeff'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['\ud800x\udc00', '\\ud800x\\udc00'],
  ['\ufffe\uffff', '\\ufffe\\uffff'],
  ['\u{e0041}', '\\u{e0041}'],
];

for (const [text, wanted] of table) test(`visible: ${JSON.stringify(wanted)}`, (t) => t.is(visible(text), wanted));

test('lines are kept apart only where that is asked for', (t) => {
  t.deepEqual(visibleLines('a\u001bb\r\nc\nd'), ['a\\x1bb', 'c', 'd']);
});

test('JSON with escapes is the same value', (t) => {
  const value = { [HOSTILE]: [HOSTILE, 1, null] };
  const text = jsonText(value, 2);
  t.notRegex(text, ACTIVE);
  t.deepEqual(JSON.parse(text), value);
});

test('what is cut says how much', (t) => {
  t.is(shortened('🎉🎉🎉', 3), '🎉🎉🎉');
  t.is(shortened('🎉🎉🎉🎉', 1), '🎉… (3 more)');
});
