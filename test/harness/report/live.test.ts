import test from 'ava';
import { liveProgress } from '../../../harness/report/live.ts';
import { ACTIVE, result } from './fixtures.ts';

function fakeStream(isTTY: boolean) {
  const chunks: string[] = [];
  const stream = { isTTY, columns: 80, hasColors: () => false, write: (chunk: string) => chunks.push(chunk) > 0 };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => chunks.join('') };
}

function play(isTTY: boolean, verbose = false): string {
  const { stream, text } = fakeStream(isTTY);
  const live = liveProgress(stream, { verbose });
  live.onProgress({ type: 'planned', selected: 2 });
  live.onProgress({ type: 'started', key: 'a/b[starttls,ip]', role: 'attack' });
  live.onProgress({ type: 'note', text: 'By host.' });
  live.onProgress({ type: 'result', result: result('a/b', 'pass'), done: 1, selected: 2 });
  live.onProgress({ type: 'result', result: result('a/c', 'fail'), done: 2, selected: 2 });
  live.stop();
  live.onProgress({ type: 'note', text: 'too late' });
  return text();
}

test('elsewhere: a plain line for each result', (t) => {
  t.is(play(false), 'Note: By host.\npass a/b[starttls,ip]\nfail a/c[starttls,ip]  authenticated-in-clear\n');
});

test('on a terminal: one moving line, and a line for what has gone wrong', (t) => {
  const text = play(true);
  t.regex(text, /0 of 2 · a\/b\[starttls,ip\]/);
  t.regex(text, /fail a\/c/);
  t.notRegex(text, /pass a\/b/);
  t.true(text.endsWith('\r\x1b[2K'), 'the moving line is gone at the end');
});

test('several clients: each line says whose it is, and the moving one counts them all', (t) => {
  const { stream, text } = fakeStream(true);
  const live = liveProgress(stream);
  const [one, other] = [live.of('one', '1 of 2: one 1.0'), live.of('other', '2 of 2: other')];
  one({ type: 'planned', selected: 2 });
  other({ type: 'planned', selected: 3 });
  other({ type: 'result', result: result('a/b', 'fail'), done: 1, selected: 3 });
  one({ type: 'result', result: result('a/b', 'pass'), done: 1, selected: 2 });
  const [first, second, ...rest] = text().split('\n');
  t.regex(first ?? '', /1 of 2: one 1\.0$/);
  t.regex(second ?? '', /2 of 2: other$/);
  t.regex(rest.join('\n'), /fail other a\/b\[starttls,ip\]/);
  t.regex(rest.join('\n'), /2 of 5 · 1 fail · 1 pass$/);
});

test('a client cannot write to the terminal', (t) => {
  const { stream, text } = fakeStream(false);
  const live = liveProgress(stream);
  live.onProgress({ type: 'note', text: '\u001b[2J' });
  live.onProgress({
    type: 'result',
    result: result('a/b', 'error', { reason: '\u001b[2J\u202e' }),
    done: 1,
    selected: 1,
  });
  t.notRegex(text(), ACTIVE);
});
