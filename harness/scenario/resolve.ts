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
    transports: fields.transports ?? ['starttls', 'direct'],
    session: fields.session ?? (needsStay(needs) ? 'stay' : 'once'),
    entity: resolveEntity(fields.entity),
    endpoints: Object.fromEntries(
      Object.entries(fields.endpoints ?? {}).map(([name, { credential = 'valid', refuses }]) => [
        name,
        { credential, ...(refuses && { refuses }) },
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

/** A good server's settings but for what is given. */
export function resolveEntity(entity: EntitySettings = {}): ResolvedEntity {
  return {
    domain: entity.domain ?? 'ordinary',
    mechanisms: offerOf(entity.mechanisms, [], ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']),
    sasl2: offerOf(entity.sasl2, [], []),
    iqAuth: offerOf(entity['iq-auth'], false, false),
    extensions: entity.extensions ?? [],
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
