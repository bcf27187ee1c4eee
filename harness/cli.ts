#!/usr/bin/env node
/** The command line. It loads commander only: each command loads what it needs when it is called. */
import { Command, CommanderError } from 'commander';
import { caCommand } from './commands/ca.ts';
import { checkCommand } from './commands/check.ts';
import { clientsCommand } from './commands/clients.ts';
import { completionCommand } from './commands/completion.ts';
import { explainCommand } from './commands/explain.ts';
import { helloCommand } from './commands/hello.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { manualCommand } from './commands/manual.ts';
import { mergeCommand } from './commands/merge.ts';
import { runCommand } from './commands/run.ts';
import { serveCommand } from './commands/serve.ts';
import { flushed, ignoreClosedOutput, tell } from './commands/terminal.ts';
import { BadInput } from './scenario/problem.ts';
import { VERSION } from './version.ts';

/** Bad usage, bad input, and whatever kept a run from judging. */
const STATUS_UNUSABLE = 2;

const EXAMPLES = `
Begin with:
  xmpp-mallory run 'control/*' -- COMMAND     does your client log in to a good server?
  xmpp-mallory run -- COMMAND                 all attacks
  xmpp-mallory init python                    a driver to edit, where there is no COMMAND yet
`;

ignoreClosedOutput();
process.exitCode = await main(process.argv.slice(2));
await flushed();
// Nothing that a client left behind may keep this process alive.
process.exit();

/** @returns the exit status. */
async function main(words: string[]): Promise<number> {
  const cut = words.indexOf('--');
  const [own, command] = cut < 0 ? [words, null] : [words.slice(0, cut), words.slice(cut + 1)];
  try {
    const program = createProgram(command);
    await program.parseAsync(own, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explainError(error, own);
  }
}

function createProgram(command: string[] | null): Command {
  const program = new Command('xmpp-mallory')
    .description('Attacks an XMPP client on its way to TLS, and tells from the wire whether it fell for it.')
    .version(VERSION, '-V, --version')
    .option('--debug', 'show stack traces, and what goes on')
    .helpOption('-h, --help', 'how to use a command')
    .showSuggestionAfterError()
    .exitOverride()
    // What commander has to say is said by `explainError`.
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', EXAMPLES);
  const commands = [
    runCommand(command),
    helloCommand(command),
    listCommand(),
    manualCommand(),
    explainCommand(),
    checkCommand(),
    clientsCommand(),
    mergeCommand(),
    serveCommand(),
    initCommand(),
    caCommand(),
    completionCommand(() => program.commands),
  ];
  for (const one of commands) program.addCommand(one.copyInheritedSettings(program));
  program.hook('preAction', (_, action) => {
    if (command !== null && action.name() !== 'run' && action.name() !== 'hello')
      throw new BadInput(`${action.name()} takes no command after --; only run and hello do.`);
  });
  return program;
}

function explainError(error: unknown, own: string[]): number {
  const debug = own.includes('--debug');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code !== 'commander.help') {
      const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
      tell(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`);
      const known = error.code !== 'commander.unknownCommand' && /^[a-z]+$/.test(own[0] ?? '');
      tell(`How it is used: xmpp-mallory ${known ? `${own[0]} ` : ''}--help`);
    }
  } else if (error instanceof BadInput) {
    for (const sentence of error.sentences) tell(sentence);
  } else {
    tell(`xmpp-mallory itself failed: ${error instanceof Error ? error.message : String(error)}`);
    if (!debug) tell('Add --debug for the stack trace, and please report it with that.');
  }
  if (debug && error instanceof Error) tell(error.stack ?? '');
  return STATUS_UNUSABLE;
}
