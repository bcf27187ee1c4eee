/** `clients`: the real clients and servers that `run --client` can drive, and which of them are here. */
import { Command } from 'commander';
import type { Detection } from '../clients/driver.ts';
import { visible } from '../report/escape.ts';
import { print, table, tell } from './terminal.ts';

export function clientsCommand(): Command {
  return new Command('clients')
    .description('list the clients and servers that `run --client NAME` can drive: installed or how to install them')
    .action(clients);
}

async function clients(): Promise<void> {
  const { bundledClients } = await import('../clients/clients.ts');
  const rows = await Promise.all(
    bundledClients.map(async ({ name, title, language, transports, sessions, install, settings, confined, detect }) => {
      const state = stateOf(await detect(), install);
      const how = [settings === null ? '' : `with ${settings}`, confined === null ? '' : `--confine: ${confined}`];
      const says = [state, ...how.filter(Boolean)].join('; ');
      return [name, title, language, transports.join(' '), sessions.join(' '), visible(says)];
    }),
  );
  const { bundledServers } = await import('../servers/servers.ts');
  const servers = await Promise.all(
    bundledServers.map(async ({ name, title, language, install, detect }) => [
      ...[name, title, language, 'starttls direct', '--s2s'],
      visible(stateOf(await detect(), install)),
    ]),
  );
  await print(table([...rows, ...servers]));
  tell(
    'Their drivers are a few lines each and good to copy: harness/clients and harness/servers in the package. Your own: xmpp-mallory init',
  );
}

function stateOf({ installed, version, why }: Detection, install: string): string {
  if (installed) return `installed, ${version ?? 'version unknown'}`;
  return `not installed: ${install}${why ? `  (${why})` : ''}`;
}
