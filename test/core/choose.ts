/** Chooses the core: again and again the scenario that catches most for its time. */
import type { Importance } from '../../harness/result.ts';
import type { Fault } from '../reference-client/faults.ts';
import type { Matrix, Row } from './matrix.ts';

export const CORE_SIZE = 40;

/** Milliseconds for the start of a client as a command: an assumption, so that the choice is not about milliseconds in process. */
export const START_MS = 500;

/** What a fault weighs: that of the most important scenario that is meant for it. */
const WEIGHTS: Record<Importance, number> = { critical: 8, high: 4, medium: 2, low: 1, info: 0 };

export interface Choice {
  id: string;
  /** Caught by none of those before. */
  adds: Fault[];
  /** All that are caught until here. */
  caught: number;
  /** The share of the weight of all faults, from 0 to 1. */
  share: number;
  /** Seconds of client time until here, each control once. */
  seconds: number;
}

/** @returns the first is the best one; ties go by id, so that the choice is the same each time. */
export function choose({ faults, controls, scenarios }: Matrix, size = CORE_SIZE): Choice[] {
  const weights = weightsOf(scenarios);
  const weigh = (some: readonly Fault[]) => some.reduce((sum, fault) => sum + (weights.get(fault) ?? 0), 0);
  const all = weigh(faults);
  const rest = new Map(Object.entries(scenarios).sort(([a], [b]) => (a < b ? -1 : 1)));
  const paid = new Set<string>();
  const caught = new Set<Fault>();
  const chosen: Choice[] = [];
  let ms = 0;
  while (chosen.length < size) {
    let best: { id: string; row: Row; cost: number; adds: Fault[]; worth: number } | null = null;
    for (const [id, row] of rest) {
      const adds = [...row.meant, ...row.also].filter((fault) => !caught.has(fault));
      const cost = START_MS + row.ms + (paid.has(row.control) ? 0 : START_MS + (controls[row.control] ?? 0));
      const worth = weigh(adds) / cost;
      if (!best || worth > best.worth) best = { id, row, cost, adds, worth };
    }
    if (!best) break;
    rest.delete(best.id);
    paid.add(best.row.control);
    for (const fault of best.adds) caught.add(fault);
    ms += best.cost;
    chosen.push({
      id: best.id,
      adds: best.adds,
      caught: caught.size,
      share: weigh([...caught]) / all,
      seconds: ms / 1000,
    });
  }
  return chosen;
}

/** The faults that are critical, and how many of them these scenarios catch. */
export function critical({ scenarios }: Matrix, chosen: readonly Choice[]): { all: number; caught: number } {
  const weights = weightsOf(scenarios);
  const isCritical = (fault: Fault) => weights.get(fault) === WEIGHTS.critical;
  return {
    all: [...weights.keys()].filter(isCritical).length,
    caught: chosen.flatMap(({ adds }) => adds).filter(isCritical).length,
  };
}

function weightsOf(scenarios: Record<string, Row>): Map<Fault, number> {
  const weights = new Map<Fault, number>();
  for (const { importance, meant } of Object.values(scenarios))
    for (const fault of meant) weights.set(fault, Math.max(weights.get(fault) ?? 0, WEIGHTS[importance]));
  return weights;
}
