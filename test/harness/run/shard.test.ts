/** The parts of a run: each key in exactly one, about the same in each, and what needs one control together. */
import test from 'ava';
import { controlPlan } from '../../../harness/run/plan/control.ts';
import { profileOf } from '../../../harness/run/plan/profile.ts';
import { shardOf } from '../../../harness/run/shard.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import { type Selected, selectionDigest, selectScenarios } from '../../../harness/scenario/select.ts';

const catalogue = await loadScenarios();
const all = selectScenarios(catalogue, []);

const parts = (of: number, selected: Selected[] = all) =>
  Array.from({ length: of }, (_, at) => shardOf(selected, { n: at + 1, of }));
const cost = (them: Selected[]) => them.reduce((sum, { scenario }) => sum + (scenario.session === 'stay' ? 3 : 1), 0);
const profiles = (them: Selected[]) =>
  new Set(
    them.map(({ scenario, transport }) =>
      profileOf(controlPlan(scenario, { transport, via: 'ip', dialled: [], timeoutMs: 0 })),
    ),
  ).size;

for (const of of [1, 2, 3, 4, 8, 16])
  test(`${of} shards: everything once, in balance, with few controls twice`, (t) => {
    const made = parts(of);
    t.is(new Set(made.flat()).size, all.length);
    t.is(made.flat().length, all.length);
    const costs = made.map(cost);
    t.true(Math.max(...costs) <= 1.1 * Math.min(...costs), costs.join(' '));
    const controls = made.reduce((sum, part) => sum + profiles(part), 0);
    t.true(all.length + controls <= 1.1 * (all.length + profiles(all)), `${controls} for ${profiles(all)}`);
  });

test('shards keep the order of the whole', (t) => {
  const places = shardOf(all, { n: 2, of: 3 }).map((one) => all.indexOf(one));
  t.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('the same every time', (t) => t.deepEqual(parts(3), parts(3)));

test('as many shards as keys, and not one more', (t) => {
  const few = all.slice(0, 3);
  t.deepEqual(
    parts(3, few).map(({ length }) => length),
    [1, 1, 1],
  );
  t.throws(() => shardOf(few, { n: 1, of: 4 }), { message: /^Only 3 are selected, .* take at most 3\.$/ });
});

test('the digest is of what was selected', (t) => {
  t.is(selectionDigest(all), selectionDigest([...all]));
  t.not(selectionDigest(all), selectionDigest(all.slice(1)));
});
