/** Divides what was selected, so that a run fits on several machines. */
import { BadInput } from '../scenario/problem.ts';
import type { Selected } from '../scenario/select.ts';
import { controlPlan } from './plan/control.ts';
import { profileOf } from './plan/profile.ts';

/**
 * The `n`th of so many parts, in the order of the whole. What needs the same control stays together where it can, since
 * each part runs its own; the parts cost about the same.
 *
 * @throws BadInput where there are more parts than selected.
 */
export function shardOf(selected: readonly Selected[], { n, of }: { n: number; of: number }): Selected[] {
  if (of > selected.length)
    throw new BadInput(
      `Only ${selected.length} are selected, which is too little for ${of} shards: take at most ${selected.length}.`,
    );
  const parts = Array.from({ length: of }, () => ({ cost: 0, members: [] as Selected[] }));
  for (const piece of piecesOf(selected, of)) {
    const least = parts.reduce((a, b) => (b.cost < a.cost ? b : a));
    least.cost += costOf(piece);
    least.members.push(...piece);
  }
  const mine = new Set(parts[n - 1]?.members);
  return selected.filter((one) => mine.has(one));
}

/** Groups of one control, the greatest first; what is too great for balance is cut. */
function piecesOf(selected: readonly Selected[], of: number): Selected[][] {
  const groups = new Map<string, Selected[]>();
  for (const one of selected) {
    const profile = profileFor(one);
    groups.set(profile, [...(groups.get(profile) ?? []), one]);
  }
  const enough = costOf(selected) / of / PIECES;
  return [...groups.values()]
    .flatMap((group) => cut(group, Math.ceil(costOf(group) / enough)))
    .sort((a, b) => costOf(b) - costOf(a));
}

/** A piece is at most so much of a part: few cost few controls, many are balanced better. */
const PIECES = 4;

/** Dealt out in turn, since neighbours are alike in what they cost. */
function cut(group: readonly Selected[], count: number): Selected[][] {
  const pieces = Array.from({ length: Math.min(count, group.length) }, () => [] as Selected[]);
  for (const [at, one] of group.entries()) pieces[at % pieces.length]?.push(one);
  return pieces;
}

function profileFor({ scenario, transport, vias }: Selected): string {
  return profileOf(controlPlan(scenario, { transport, via: vias[0] ?? 'ip', dialled: [], timeoutMs: 0 }));
}

const costOf = (them: readonly Selected[]) => them.reduce((sum, { scenario }) => sum + COST[scenario.session], 0);

/** In logins: one that stays reconnects, and waits for what does not come. */
const COST = { once: 1, stay: 3 };
