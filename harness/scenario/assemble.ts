/** Puts a catalogue together. */
import { createHash } from 'node:crypto';
import type { Catalogue, Requirement } from './catalogue.ts';
import type { Scenario } from './scenario.ts';

/** Sorted by id, the controls first: they are what a newcomer runs first. */
export function assemble(
  scenarios: readonly Scenario[],
  requirements: Readonly<Record<string, Requirement>>,
): Catalogue {
  const sorted = [...scenarios].sort((a, b) => compare(rank(a.id), rank(b.id)) || compare(a.id, b.id));
  const entries = Object.entries(requirements).sort(([a], [b]) => compare(a, b));
  const said = JSON.stringify([sorted.map(content), entries]);
  return {
    hash: createHash('sha256').update(said).digest('hex'),
    scenarios: sorted,
    requirements: Object.fromEntries(entries),
  };
}

export const EMPTY_CATALOGUE: Catalogue = assemble([], {});

/** Where a file lies is no part of what it says, nor is what depends on today. */
function content({ source: _, given, ...scenario }: Scenario) {
  return given ? { ...scenario, given: { ...given, unusable: undefined } } : scenario;
}

const rank = (id: string) => (id.startsWith('control/') ? 0 : 1);

const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);
