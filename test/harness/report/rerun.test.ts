import { execFileSync } from 'node:child_process';
import test from 'ava';
import { rerunCommand, shellWord } from '../../../harness/report/rerun.ts';

test('the command runs just this again', (t) => {
  t.is(
    rerunCommand('certificate/wrong-name', 'direct', 'host', [
      '--policy',
      'rfc6125',
      '--',
      'python3',
      'my client.py',
      '{ca}',
    ]),
    "xmpp-mallory run certificate/wrong-name --tls direct --via host --policy rfc6125 -- python3 'my client.py' '{ca}'",
  );
});

test('a shell reads back every word', (t) => {
  for (const word of ['plain', '', "it's", 'a b', '$HOME', '`id`', 'a\nb', '*', '{ca}', '~', '-x=1,2', '#', '!!'])
    t.is(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' }), word);
});
