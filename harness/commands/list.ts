/** `list`: the scenarios, one a line. */
import { Command } from 'commander';
import { coreIds } from '../scenario/core.ts';
import { loadScenarios } from '../scenario/load.ts';
import { selectScenarios } from '../scenario/select.ts';
import { collect } from './arguments.ts';
import { print, table, tell } from './terminal.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('list the scenarios: id, importance, transports, title')
    .argument('[patterns...]', "globs of ids, such as 'stripping/*'; default: all")
    .option('--scenarios <dir>', 'also the scenarios of this folder (repeatable)', collect)
    .option('--limbo <file>', 'the cases of this x509-limbo suite (repeatable)', collect)
    .option('--s2s', 'only those for servers that open streams (docs/servers.md)')
    .option('--core', 'only those of the core (docs/core.md)')
    .option('--json', 'as JSON, with what each needs of a client')
    .action(list);
}

async function list(
  patterns: string[],
  options: { scenarios?: string[]; limbo?: string[]; core?: true; s2s?: true; json?: true },
): Promise<void> {
  const catalogue = await loadScenarios({ dirs: options.scenarios, limbo: options.limbo });
  const wanted = patterns.length === 0 && options.limbo ? ['limbo/*'] : patterns;
  const core = options.core ? await coreIds() : undefined;
  const namespace = options.s2s ? 'jabber:server' : undefined;
  const scenarios = new Set(selectScenarios(catalogue, wanted, { core, namespace }).map(({ scenario }) => scenario));
  if (options.json) {
    const rows = [...scenarios].map(({ id, title, importance, namespaces, transports, session, needs }) => {
      return { id, title, importance, namespaces, transports, session, needs };
    });
    return print(JSON.stringify(rows, null, 2));
  }
  const rows = [...scenarios].map(({ id, importance, transports, title }) => [
    id,
    importance,
    transports.join(' '),
    title,
  ]);
  await print(table(rows));
  tell(`${rows.length} scenarios. One of them in full: xmpp-mallory explain ID`);
}
