import test from 'ava';
import { github } from '../../../harness/report/github.ts';
import { context, everything, HOSTILE, report, result } from './fixtures.ts';

/** As the runner reads a log: which commands it obeys. It looks for them behind blanks, too. */
function obeyed(log: string): string[] {
  let deafUntil: string | null = null;
  return log.split('\n').filter((line) => {
    const text = line.trimStart();
    if (deafUntil !== null) {
      if (text === `::${deafUntil}::`) deafUntil = null;
      return false;
    }
    deafUntil = /^::stop-commands::(.+)$/.exec(text)?.[1] ?? null;
    return deafUntil === null && (/^::[^:]/.test(text) || text.includes('##['));
  });
}

const EVIL = '\n::add-mask::x\n::set-env name=PATH::/tmp\n##[add-path]/tmp\n::stop-commands::y\n%0A::warning::z';

test('github: errors for what fails the run, warnings for the rest, and a title for each', (t) => {
  const commands = obeyed(github([everything], { ...context, artifact: () => 'driver,1:2.py' }));
  t.is(commands.filter((one) => one.startsWith('::error file=driver%2C1%3A2.py,line=1,title=')).length, 5);
  t.is(commands.filter((one) => one.startsWith('::warning file=driver%2C1%3A2.py,line=1,title=')).length, 1);
  t.is(commands.length, 6);
  t.true(
    commands.some((one) => one.includes('title=stripping/removed[starttls%2Cip]::fail: It authenticated in clear')),
  );
});

test('github: no client gets the runner to obey it', (t) => {
  const evil = result('a/b', 'fail', {
    title: EVIL,
    reason: EVIL,
    rerun: EVIL,
    stderrTail: EVIL,
    findings: [{ ...(result('a/b', 'fail').findings[0] as never as object), message: EVIL } as never],
  });
  const client = { label: `${EVIL}${HOSTILE}`, version: EVIL, command: [EVIL] };
  const log = github([report([evil], { notes: [EVIL], client })], context);
  const commands = obeyed(log);
  t.is(commands.length, 1, commands.join('\n'));
  t.regex(commands[0] ?? '', /^::error title=a\/b\[starttls%2Cip\]::fail: /);
  t.regex(commands[0] ?? '', /%250A::warning::z/);
});

test('github: a step shows ten of a kind, and the tenth says what the others are', (t) => {
  const many = Array.from({ length: 25 }, (_, index) => result(`a/n${index}`, 'fail'));
  const commands = obeyed(github([report(many)], context));
  t.is(commands.length, 10);
  t.regex(commands[9] ?? '', /^::error title=16 more::a\/n9.*%0Aa\/n24/);
});

test('github: what is wrong with the whole run is an error', (t) => {
  const commands = obeyed(github([report([], { exitStatus: 2 })], context));
  t.regex(commands.join('\n'), /^::error title=the whole run::Nothing was judged/);
});
