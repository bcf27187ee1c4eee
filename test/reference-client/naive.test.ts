import test from 'ava';
import { runScenarios } from '../../harness/index.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { naiveClient } from './naive.ts';

test('the naive client logs in with a good server, and falls for nearly everything', async (t) => {
  const { results } = await runScenarios({ client: naiveClient, catalogue: await loadScenarios(), jobs: 4, via: 'ip' });
  const of = (family: RegExp) => results.filter(({ id }) => family.test(id));
  t.deepEqual(
    of(/^control\//).filter(({ verdict }) => verdict !== 'pass'),
    [],
  );

  // In the family hello nothing is attacked: it is about what a client offers, which here is what OpenSSL does. DNS it never asks.
  const attacks = of(/^(?!control|hello|interop|names|privacy)/);
  const withstood = attacks.filter(({ verdict }) => verdict !== 'fail' && verdict !== 'warn');
  t.true(withstood.length < attacks.length / 10, withstood.map(({ key, verdict }) => `${key}: ${verdict}`).join('\n'));
});
