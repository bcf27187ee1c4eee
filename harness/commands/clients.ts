/** `clients`: the real clients that `run --client` can drive, and which of them are here. */
import { Command } from 'commander';
import { visible } from '../report/escape.ts';
import { print, table, tell } from './terminal.ts';

export function clientsCommand(): Command {
  return new Command('clients')
    .description('list the clients that `run --client NAME` can drive: installed or how to install them')
    .action(clients);
}

async function clients(): Promise<void> {
  const { bundledClients } = await import('../clients/clients.ts');
  const rows = await Promise.all(
    bundledClients.map(async ({ name, title, language, transports, sessions, install, settings, confined, detect }) => {
      const { installed, version, why } = await detect();
      const state = installed ? `installed, ${version ?? 'version unknown'}` : `not installed: ${install}`;
      const note = installed || !why ? '' : `  (${why})`;
      const how = [settings === null ? '' : `with ${settings}`, confined === null ? '' : `--confine: ${confined}`];
      const says = [`${state}${note}`, ...how.filter(Boolean)].join('; ');
      return [name, title, language, transports.join(' '), sessions.join(' '), visible(says)];
    }),
  );
  await print(table(rows));
  tell(
    'Their drivers are a few lines each and good to copy: harness/clients in the package. Your own: xmpp-mallory init',
  );
}
