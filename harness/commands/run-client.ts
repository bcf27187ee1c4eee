/** The client that the command line names: a command, or a bundled driver. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../client/client.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput, shown } from '../scenario/problem.ts';
import type { Options } from './run.ts';

/** @throws BadInput if the bundled client is unknown or not installed. */
export async function clientFor(
  options: Pick<Options, 'client' | 'clientVersion' | 'keepHome' | 'keep'> &
    Partial<Pick<Options, 's2s' | 's2sPolicy'>>,
  command: string[] | null,
): Promise<Client> {
  const { commandClient } = await import('../client/command.ts');
  const common = { keepHome: options.keepHome, keepOutput: options.keep !== undefined };
  const named = options.clientVersion === undefined ? {} : { version: options.clientVersion };
  if (options.s2s && command !== null) {
    const { commandServer } = await import('../client/server-command.ts');
    return commandServer({ ...common, ...named, command, policy: options.s2sPolicy, rerun: ['--', ...command] });
  }
  if (command !== null) return commandClient({ ...common, ...named, command, rerun: ['--', ...command] });
  const name = options.client ?? '';
  const driver = await (/\.ya?ml(#|$)/.test(name) ? ownRecipe(name) : bundledDriver(name));
  return commandClient({ ...common, ...driver, ...named, label: name, rerun: ['--client', name] });
}

interface Driven {
  command: string[];
  version: string | null;
  confined?: boolean | undefined;
}

async function bundledDriver(name: string): Promise<Driven> {
  const { bundledClients } = await import('../clients/clients.ts');
  const names = bundledClients.map((client) => client.name);
  const client = bundledClients.find((known) => known.name === name);
  if (!client)
    throw new BadInput(
      `There is no bundled client "${name}"${didYouMean(name, names) || '.'} There are: ${names.join(', ')}. Any other goes behind --.`,
    );
  // At the same time, as each starts the interpreter; the second says less about what is missing.
  const [{ installed, version, why }, made] = await Promise.all([
    client.detect(),
    client.command(driverCache()).catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
  ]);
  if (!installed)
    throw new BadInput(`${name} is not installed (${why ?? 'it was not found'}). To install it: ${client.install}`);
  if (typeof made === 'string') throw new BadInput(`The driver of ${name} cannot be made: ${made} (${client.install})`);
  return { command: made, version, confined: client.confined !== null };
}

/** `recipe.yaml` or `recipe.yaml#variant`. */
async function ownRecipe(name: string): Promise<Driven> {
  const [{ commandOf, detected }, { readRecipe }] = await Promise.all([
    import('../clients/recipe.ts'),
    import('../recipe/read.ts'),
  ]);
  const [path = '', variant] = name.split('#');
  const { recipe } = await readRecipe(path, variant);
  const { installed, version, why } = await detected(recipe);
  if (!installed) throw new BadInput(`The program of ${shown(path)} cannot be run: ${why}.`);
  return { command: await commandOf(recipe, driverCache()), version, confined: recipe.confined };
}

/** For drivers that are compiled: in the user's own cache, where nobody else can put a program. */
function driverCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'xmpp-mallory', 'drivers');
}

/** The options that change what is seen on the wire or what is made of it: a rerun needs them, too. */
export function rerunWords({
  policy,
  scenarios = [],
  limbo = [],
  timeout,
  keepHome,
  confine,
  s2s,
  s2sPolicy,
  seed,
  upstream,
  account,
  ...rest
}: Options): string[] {
  return [
    ...(policy === 'rfc9525' ? [] : ['--policy', policy]),
    ...scenarios.flatMap((dir) => ['--scenarios', dir]),
    ...limbo.flatMap((file) => ['--limbo', file]),
    ...(timeout === undefined ? [] : ['--timeout', String(timeout / 1000)]),
    ...(keepHome ? ['--keep-home'] : []),
    ...(confine ? ['--confine'] : []),
    ...(s2s ? ['--s2s', ...(s2sPolicy === 'stock' ? [] : ['--s2s-policy', s2sPolicy])] : []),
    ...(seed === undefined ? [] : ['--seed', seed]),
    ...(upstream === undefined ? [] : ['--upstream', `${bracketed(upstream.host)}:${upstream.port}`]),
    ...(account === undefined ? [] : ['--account', account]),
    ...(rest.upstreamCa === undefined ? [] : ['--upstream-ca', rest.upstreamCa]),
    ...(rest.upstreamTls === 'starttls' ? [] : ['--upstream-tls', rest.upstreamTls]),
  ];
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
