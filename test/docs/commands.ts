/** Every command of the command line, for what is said of them. */
import type { Command } from 'commander';
import { caCommand } from '../../harness/commands/ca.ts';
import { checkCommand } from '../../harness/commands/check.ts';
import { clientsCommand } from '../../harness/commands/clients.ts';
import { completionCommand } from '../../harness/commands/completion.ts';
import { explainCommand } from '../../harness/commands/explain.ts';
import { helloCommand } from '../../harness/commands/hello.ts';
import { initCommand } from '../../harness/commands/init.ts';
import { listCommand } from '../../harness/commands/list.ts';
import { manualCommand } from '../../harness/commands/manual.ts';
import { mergeCommand } from '../../harness/commands/merge.ts';
import { runCommand } from '../../harness/commands/run.ts';
import { serveCommand } from '../../harness/commands/serve.ts';

export const commands: Command[] = [
  runCommand(null),
  serveCommand(),
  mergeCommand(),
  helloCommand(null),
  listCommand(),
  manualCommand(),
  explainCommand(),
  checkCommand(),
  clientsCommand(),
  initCommand(),
  caCommand(),
  completionCommand(() => commands),
];
