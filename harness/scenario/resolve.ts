/** From a scenario file to the scenarios in it: cases are merged, defaults filled in. */
import type { EntitySettings, Offer, ResolvedEntity, Scenario, ScenarioFields, ScenarioFile } from './scenario.ts';

/** One scenario for each case, or the one that the file is. `source` is for messages. */
export function resolveScenarios(file: ScenarioFile, source: string): Scenario[] {
  return casesOf(file).map(({ id, fields }) => resolve(id, fields, source));
}

/** The file's cases with their ids, merged over its fields and without defaults; a file without cases is one. */
export function casesOf({ id, cases, ...fields }: ScenarioFile): { id: string; fields: ScenarioFields }[] {
  if (!cases?.length) return [{ id, fields }];
  return cases.map(({ suffix, ...own }) => ({ id: `${id}-${suffix}`, fields: merge(fields, own) as ScenarioFields }));
}

function resolve(id: string, fields: ScenarioFields, source: string): Scenario {
  const needs = fields.needs ?? [];
  return {
    id,
    title: fields.title,
    description: fields.description.trim(),
    importance: fields.importance,
    namespaces: fields.namespaces ?? ['jabber:client'],
    transports: fields.transports ?? ['starttls', 'direct'],
    session: fields.session ?? (needsStay(needs) ? 'stay' : 'once'),
    entity: resolveEntity(fields.entity, isForServersOnly(fields)),
    endpoints: Object.fromEntries(
      Object.entries(fields.endpoints ?? {}).map(([name, { credential = 'valid', refuses, transport }]) => [
        name,
        { credential, ...(refuses && { refuses }), ...(transport && { transport }) },
      ]),
    ),
    script: fields.script ?? [],
    expect: { never: fields.expect?.never ?? {}, see: fields.expect?.see ?? {} },
    seenIn: fields['seen-in'] ?? [],
    caughtBy: fields['caught-by'] ?? [],
    needs,
    source,
  };
}

/** Whether what the client must be able to do takes a session that stays. */
export function needsStay(needs: readonly string[]): boolean {
  return needs.includes('stay') || needs.includes('answers-iq');
}

export const isForServersOnly = ({ namespaces }: Pick<ScenarioFields, 'namespaces'>) =>
  namespaces?.join() === 'jabber:server';

/** What a good server offers to clients, and to other servers. */
const MECHANISMS = { clients: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'], servers: ['EXTERNAL'] };

/** The same scenario for a server: what is offered to clients means nothing to it. */
export function asForServers(scenario: Scenario): Scenario {
  if (!scenario.namespaces.includes('jabber:client')) return scenario;
  const { domain, credential, tls } = scenario.entity;
  return { ...scenario, entity: resolveEntity({ domain, credential, tls }, true) };
}

/** A good server's settings but for what is given. */
export function resolveEntity(entity: EntitySettings = {}, forServers = false): ResolvedEntity {
  return {
    domain: entity.domain ?? 'ordinary',
    mechanisms: offerOf(entity.mechanisms, [], MECHANISMS[forServers ? 'servers' : 'clients']),
    sasl2: offerOf(entity.sasl2, [], []),
    iqAuth: offerOf(entity['iq-auth'], false, false),
    extensions: entity.extensions ?? [],
    dialback: offerOf(entity.dialback, false, forServers),
    bidi: offerOf(entity.bidi, false, false),
    posh: entity.posh ?? null,
    secondDomain: entity['second-domain'] ?? false,
    call: entity.call ?? 'key',
    dane: entity.dane ? { tlsa: entity.dane.tlsa, insecure: entity.dane.insecure ?? [] } : null,
    credential: entity.credential ?? 'valid',
    tls: { min: entity.tls?.min ?? 'TLSv1.2', max: entity.tls?.max ?? 'TLSv1.3' },
  };
}

function offerOf<T>(given: Offer<T> | undefined, clear: T, tls: T): { clear: T; tls: T } {
  return { clear: given?.clear ?? clear, tls: given?.tls ?? tls };
}

/** Mappings are merged key by key; everything else, lists too, is replaced. */
function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
