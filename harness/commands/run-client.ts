/** The clients that the command line names: a command, a server, or bundled drivers. */
import type { Client } from '../client/client.ts';
import { BadInput } from '../scenario/problem.ts';
import type { Options } from './run.ts';
import { type Bundled, type Driven, driven, named, whyUnconfinable } from './run-bundled.ts';
import { tell } from './terminal.ts';

type ClientOptions = Pick<Options, 'client' | 'clientVersion' | 'keepHome' | 'keep'> &
  Partial<Pick<Options, 's2s' | 's2sPolicy'>>;

/**
 * One, or as many as `--client` names. Of `all`, those that are not here or cannot run here are left out with a sentence.
 *
 * @throws BadInput if one that is named is unknown or not installed, or has to be shut up and cannot be.
 */
export async function clientsFor(
  options: ClientOptions,
  command: string[] | null,
): Promise<readonly [Client, ...Client[]]> {
  if (options.s2s) return serversFor(options, command);
  const { commandClient } = await import('../client/command.ts');
  if (command !== null) return [commandClient({ ...common(options), command, rerun: ['--', ...command] })];
  const [{ bundledClients }, { bundledServers }] = await Promise.all([
    import('../clients/clients.ts'),
    import('../servers/servers.ts'),
  ]);
  const server = bundledServers.find(({ name }) => options.client?.split(',').includes(name));
  if (server) throw new BadInput(`${server.name} is a server: add --s2s.`);
  const drivers = await driversOf(options, bundledClients, 'client');
  const shutUp = drivers.some((one) => typeof one !== 'string' && one.confined) ? await whyUnconfinable() : null;
  const tried = drivers.map((driver) => {
    if (typeof driver === 'string') return driver;
    if (driver.confined !== null && shutUp !== null)
      return `${driver.label} has to be confined, since ${driver.confined}. ${shutUp}`;
    const confined = driver.confined !== null;
    return commandClient({ ...driver, ...common(options), confined, rerun: ['--client', driver.label] });
  });
  return present(options, tried);
}

async function serversFor(options: ClientOptions, command: string[] | null): Promise<readonly [Client, ...Client[]]> {
  const { commandServer } = await import('../client/server-command.ts');
  const told = { ...common(options), policy: options.s2sPolicy };
  if (command !== null) return [commandServer({ ...told, command, rerun: ['--', ...command] })];
  const { bundledServers } = await import('../servers/servers.ts');
  const drivers = await driversOf(options, bundledServers, 'server');
  const tried = drivers.map((driver) =>
    typeof driver === 'string' ? driver : commandServer({ ...driver, ...told, rerun: ['--client', driver.label] }),
  );
  return present(options, tried);
}

/** A sentence for each that cannot be run. */
function driversOf<One extends Bundled>(
  { client = '', clientVersion }: ClientOptions,
  known: readonly One[],
  what: 'client' | 'server',
): Promise<(Driven | string)[]> {
  const chosen = client === 'all' ? known : named(client, known, what);
  if (chosen.length > 1 && clientVersion !== undefined)
    throw new BadInput(`--client-version is for one ${what}, and these are several.`);
  return Promise.all(chosen.map(driven));
}

function present({ client }: ClientOptions, tried: (Client | string)[]): readonly [Client, ...Client[]] {
  const [first, ...others] = tried.filter((one) => typeof one !== 'string');
  const missing = tried.filter((one) => typeof one === 'string');
  if (!first || (client !== 'all' && missing.length > 0)) throw new BadInput(missing);
  for (const sentence of missing) tell(`Left out: ${sentence}`);
  return [first, ...others];
}

/** @throws BadInput as `clientsFor` does, and for more than one client. */
export async function clientFor(options: ClientOptions, command: string[] | null): Promise<Client> {
  if (options.client === 'all' || options.client?.includes(','))
    throw new BadInput('This is about one client: name one with --client. run takes several.');
  return (await clientsFor(options, command))[0];
}

function common({ keepHome, keep, clientVersion }: ClientOptions) {
  const version = clientVersion === undefined ? {} : { version: clientVersion };
  return { keepHome, keepOutput: keep !== undefined, ...version };
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
