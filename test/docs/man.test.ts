import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { commands } from './commands.ts';
import { ROOT, read } from './documents.ts';
import { manPage } from './man.ts';

test('the manual page is fresh (npm run docs)', async (t) => {
  t.is(await read('docs/xmpp-mallory.1'), manPage(commands));
});

test('it names every command and every option', (t) => {
  const page = manPage(commands).replaceAll('\\-', '-');
  for (const command of commands) {
    t.true(page.includes(`.SS ${command.name()}\n`), command.name());
    for (const { long } of command.options) t.true(page.includes(long ?? ''), `${command.name()} ${long}`);
  }
});

const groff = (...words: string[]) => spawnSync('groff', words, { encoding: 'utf8' });
const withGroff = groff('--version').status === 0 ? test : test.skip;

withGroff('groff has nothing to warn of (skipped where it is not installed)', (t) => {
  const { status, stderr } = groff('-man', '-Tutf8', '-ww', '-z', join(ROOT, 'docs/xmpp-mallory.1'));
  t.is(status, 0);
  t.is(stderr, '');
});
