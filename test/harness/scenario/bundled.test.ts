import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BUNDLED_FOLDER } from '../../../harness/scenario/bundled.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import { scenarioJsonSchema } from '../../../harness/scenario/schema.ts';
import { credential } from '../../../src/pki/credentials/index.ts';

test('scenarios/schema.json is fresh (npm run schema)', async (t) => {
  const file = JSON.parse(await readFile(join(BUNDLED_FOLDER, 'schema.json'), 'utf8'));
  t.deepEqual(file, JSON.parse(JSON.stringify(scenarioJsonSchema())));
});

test('the bundled scenarios are right, each in the folder of its family', async (t) => {
  const { scenarios, requirements, hash } = await loadScenarios();
  t.true(scenarios.length > 0);
  t.true(Object.keys(requirements).length > 0);
  t.regex(hash, /^[0-9a-f]{64}$/);
  for (const { id, source } of scenarios) {
    const family = /^scenarios\/([^/]+)\/[^/]+\.yaml$/.exec(source)?.[1];
    t.is(id.split('/')[0], family, source);
  }
});

const KINDS = {
  idn: ['u-label', 'a-label'],
  'ip-address': ['ip-address'],
  'second-level': ['second-level'],
} as const;

test('a credential that is about one kind of domain is presented for such a one', async (t) => {
  const { scenarios } = await loadScenarios();
  for (const { id, entity, script } of scenarios) {
    const presented = script.flatMap(({ do: { present } }) => (present ? [credential(present).domain] : []));
    for (const kind of presented) if (kind) t.true((KINDS[kind] as readonly string[]).includes(entity.domain), id);
  }
});
