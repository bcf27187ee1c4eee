/** Which scenarios run, over which transports. */
import { createHash } from 'node:crypto';
import type { ContentNamespace, Transport } from '../../src/transcript.ts';
import type { Via } from '../result.ts';
import type { Catalogue } from './catalogue.ts';
import { matchesPattern } from './glob.ts';
import { nearest } from './nearest.ts';
import { BadInput } from './problem.ts';
import { asForServers } from './resolve.ts';
import type { Scenario } from './scenario.ts';

export interface Selected {
  scenario: Scenario;
  transport: Transport;
  /** The ways by which the client may be sent there: a pattern such as `x[direct,host]` leaves one. */
  vias: Via[];
}

export interface SelectOptions {
  transport?: Transport | undefined;
  via?: Via | undefined;
  /** Ids of the core: nothing else. */
  core?: readonly string[] | undefined;
  /** Only what is for clients, or for servers; default: all. */
  namespace?: ContentNamespace | undefined;
}

/** `id[transport,via]`: what a result, a baseline entry and a rerun are about. */
export const keyOf = (id: string, transport: Transport, via: Via) => `${id}[${transport},${via}]`;

/** Every key that a result of this catalogue can have. */
export function keysOf(catalogue: Catalogue): string[] {
  const vias: Via[] = ['ip', 'host', 'dns'];
  return catalogue.scenarios.flatMap(({ id, transports }) =>
    transports.flatMap((transport) => vias.map((via) => keyOf(id, transport, via))),
  );
}

/**
 * What the patterns stand for, in the catalogue's order; no pattern: everything.
 *
 * @throws BadInput for a pattern that matches nothing in the catalogue, or if nothing is left to run.
 */
export function selectScenarios(
  catalogue: Catalogue,
  patterns: readonly string[],
  { transport, via, core, namespace }: SelectOptions = {},
): Selected[] {
  const keys = keysOf(catalogue);
  const unknown = patterns.filter((pattern) => !keys.some((key) => matchesPattern(pattern, key)));
  if (unknown.length > 0) throw new BadInput(unknown.map((pattern) => noMatch(pattern, catalogue)));

  const wanted = (key: string) => patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, key));
  const selected: Selected[] = [];
  // A server finds its way by the name of the domain, and by nothing else.
  const toServer = namespace === 'jabber:server';
  for (const scenario of catalogue.scenarios) {
    if (core && !core.includes(scenario.id)) continue;
    if (namespace !== undefined && !scenario.namespaces.includes(namespace)) continue;
    for (const one of scenario.transports) {
      if (transport !== undefined && one !== transport) continue;
      const ways: Via[] = toServer ? ['dns'] : via === undefined ? ['ip', 'host'] : [via];
      const vias = ways.filter((way) => wanted(keyOf(scenario.id, one, way)));
      if (vias.length > 0)
        selected.push({ scenario: toServer ? asForServers(scenario) : scenario, transport: one, vias });
    }
  }
  if (selected.length === 0) throw new BadInput(nothingLeft(patterns, { transport, via, core, namespace }));
  return selected;
}

/** What two runs have in common that selected the same. */
export function selectionDigest(selected: readonly Selected[]): string {
  const keys = selected.flatMap(({ scenario, transport, vias }) =>
    vias.map((via) => keyOf(scenario.id, transport, via)),
  );
  return createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 16);
}

/** One sentence about an id or pattern that matches nothing, with what may have been meant. */
export function noMatch(pattern: string, catalogue: Catalogue): string {
  const ids = catalogue.scenarios.map(({ id }) => id);
  const near = nearest(pattern, [...ids, ...familiesOf(ids)], 3);
  const hint = near.length > 0 ? `the nearest: ${near.join(', ')}` : `there are: ${familiesOf(ids).join(', ')}`;
  return `No scenario matches "${pattern}"; ${hint}. All of them: xmpp-mallory list.`;
}

const familiesOf = (ids: string[]) => [...new Set(ids.map((id) => `${id.split('/', 1)}/*`))];

function nothingLeft(patterns: readonly string[], { transport, via, core, namespace }: SelectOptions): string {
  const given = [core && '--core', transport && `--tls ${transport}`, via && `--via ${via}`];
  const options = given.filter(Boolean).join(' and ');
  const what = patterns.length > 0 ? patterns.join(' ') : 'any scenario';
  if (!options && patterns.length > 0 && namespace !== undefined)
    return namespace === 'jabber:server'
      ? `${what} is for clients, and this is a server: leave --s2s out, or choose others.`
      : `${what} is for servers: run it with --s2s, and a driver of a server (docs/servers.md).`;
  return options ? `Nothing of ${what} runs with ${options}; leave that out.` : 'There is no scenario to run.';
}
