import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { Command } from 'commander';
import { completion, completionCommand } from '../../../harness/commands/completion.ts';
import { listCommand } from '../../../harness/commands/list.ts';
import { runCommand } from '../../../harness/commands/run.ts';

const run = promisify(execFile);
const commands: Command[] = [
  runCommand(null),
  listCommand(),
  completionCommand(() => []),
  new Command('odd').description("it's \\ odd"),
];
const has = async (shell: string) =>
  run(shell, ['-c', 'true']).then(
    () => true,
    () => false,
  );

const there = { bash: await has('bash'), zsh: await has('zsh'), fish: await has('fish') };

const table: [typed: string, wanted: string[]][] = [
  ['ru', ['run']],
  ['run --tra', ['--transcripts']],
  ['run --tls ', ['starttls', 'direct']],
  ['run --policy rfc9', ['rfc9525']],
  ['completion z', ['zsh']],
  ['run -- --tra', []],
];
for (const shell of ['bash', 'zsh'] as const)
  for (const [typed, wanted] of table)
    (there[shell] ? test : test.skip)(`${shell}: ${typed}`, async (t) => {
      const words = ['xmpp-mallory', ...typed.split(' ')].map((word) => `'${word}'`);
      // As bashcompinit calls a function.
      const before = shell === 'bash' ? '' : 'autoload -Uz compinit; compinit -u -D;';
      const mode = shell === 'bash' ? '' : 'emulate sh; setopt kshglob noshglob braceexpand;';
      const call = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _xmpp_mallory; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await run(shell, ['-c', `${before}\n${completion(shell, commands)}\n${mode}${call}`]);
      t.deepEqual(
        stdout.split('\n').filter((line) => line !== ''),
        wanted,
      );
    });

(there.fish ? test : test.skip)('fish completes commands, options and their values', async (t) => {
  const ask = async (typed: string) => {
    const { stdout } = await run('fish', ['-N', '-c', `${completion('fish', commands)}\ncomplete -C '${typed}'`]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t')[0]);
  };
  t.deepEqual(await ask('xmpp-mallory ru'), ['run']);
  t.deepEqual(await ask('xmpp-mallory run --tra'), ['--transcripts']);
  t.deepEqual((await ask('xmpp-mallory run --tls ')).sort(), ['direct', 'starttls']);
});
