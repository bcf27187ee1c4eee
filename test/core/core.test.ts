/** The core is what the matrix says, and the matrix is true. */
import test from 'ava';
import { BadInput, loadScenarios, runScenarios } from '../../harness/index.ts';
import { coreIds } from '../../harness/scenario/core.ts';
import { selectScenarios } from '../../harness/scenario/select.ts';
import { read } from '../docs/documents.ts';
import { referenceClient } from '../reference-client/client.ts';
import { type Fault, faults } from '../reference-client/faults.ts';
import { CORE_SIZE, choose } from './choose.ts';
import { coreSummary, coreText } from './curve.ts';
import { type Matrix, type Row, readMatrix } from './matrix.ts';
import { isCaught } from './measure.ts';

const catalogue = await loadScenarios();
const matrix = await readMatrix();
const ids = await coreIds();

test('scenarios/core.yaml is fresh (npm run core)', async (t) => {
  t.is(await read('scenarios/core.yaml'), coreText(matrix));
  t.is(ids.length, CORE_SIZE);
  t.is(new Set(ids).size, CORE_SIZE);
});

test('all of it is there', (t) => {
  const known = catalogue.scenarios.map(({ id }) => id);
  t.deepEqual(
    ids.filter((id) => !known.includes(id)),
    [],
  );
  t.deepEqual(
    matrix.faults.filter((fault) => !Object.hasOwn(faults, fault)),
    [],
    'a fault is gone: npm run core -- --measure',
  );
});

test('docs/core.md says what the matrix says', async (t) => {
  t.true((await read('docs/core.md')).includes(coreSummary(matrix)));
});

test('each of the core still catches what it is meant for', (t) => {
  for (const id of ids) {
    const { caughtBy = [] } = catalogue.scenarios.find((one) => one.id === id) ?? {};
    const gone = matrix.scenarios[id]?.meant.filter((fault) => !caughtBy.includes(fault));
    t.deepEqual(gone, [], id);
  }
});

test('what counts for the core and no caught-by names is caught indeed', async (t) => {
  t.timeout(300_000);
  const claims = new Map<Fault, string[]>();
  for (const { id, adds } of choose(matrix))
    for (const fault of adds.filter((one) => matrix.scenarios[id]?.also.includes(one)))
      claims.set(fault, [...(claims.get(fault) ?? []), id]);
  for (const [fault, patterns] of claims) {
    const client = referenceClient({ faults: [fault] });
    const { results } = await runScenarios({ client, catalogue, patterns, via: 'ip', timeoutMs: 20_000 });
    for (const id of patterns) t.true(results.filter((one) => one.id === id).some(isCaught), `${fault}: ${id}`);
  }
  t.pass();
});

const rows: [id: string, meant: string[], ms: number, control: string][] = [
  ['a/cheap', ['one'], 10, 'usual'],
  ['a/same', ['one'], 5_000, 'usual'],
  ['a/two', ['one', 'two'], 20, 'usual'],
  ['a/alone', ['three'], 20, 'special'],
  ['a/shares', ['four'], 20, 'usual'],
];
const small = {
  faults: ['one', 'two', 'three', 'four'],
  candidates: [],
  measured: [],
  controls: { usual: 50, special: 50 },
  scenarios: Object.fromEntries(
    rows.map(([id, meant, ms, control]) => [
      id,
      { importance: 'high', meant, ms, control, also: [] } as unknown as Row,
    ]),
  ),
} as unknown as Matrix;

test('the choice: most new faults for the time, a control is paid once', (t) => {
  const chosen = choose(small, 3);
  t.deepEqual(
    chosen.map(({ id }) => id),
    ['a/two', 'a/shares', 'a/alone'],
  );
  t.deepEqual(
    chosen.map(({ caught }) => caught),
    [2, 3, 4],
  );
  t.is(chosen.at(-1)?.share, 1);
});

test('with patterns it is what is both', (t) => {
  const [first = ''] = ids;
  const only = selectScenarios(catalogue, [first, 'control/*'], { core: ids });
  t.deepEqual([...new Set(only.map(({ scenario }) => scenario.id))], [first]);
  const none = t.throws(() => selectScenarios(catalogue, ['control/*'], { core: ids }), { instanceOf: BadInput });
  t.regex(none?.message ?? '', /^Nothing of control\/\* runs with --core; leave that out\.$/);
});

test('from JavaScript: core', async (t) => {
  const { results } = await runScenarios({
    client: referenceClient(),
    catalogue,
    patterns: ids.slice(0, 2).concat('control/login'),
    core: true,
    transport: 'starttls',
  });
  t.deepEqual(results.map(({ id }) => id).sort(), ids.slice(0, 2).sort());
});
