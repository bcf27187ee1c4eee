/** The tables of the references name what there is, all of it and in its order. */
import test from 'ava';
import type { Endpoint } from '../../harness/client/client.ts';
import { environmentFor, fillWords } from '../../harness/client/environment.ts';
import { scenarioFileSchema } from '../../harness/scenario/schema.ts';
import { fill } from '../../src/interceptor/variables.ts';
import { POINTS } from '../../src/script/points.ts';
import { firstColumn, read } from './documents.ts';

const scenarioFiles = await read('docs/scenario-files.md');
const drivers = await read('docs/drivers.md');

const endpoint: Endpoint = {
  ...{
    host: '127.0.0.1',
    port: 1,
    domain: 'a.b.test',
    jid: 'u@a.b.test',
    password: 'p',
    caFile: '/ca',
    stateDir: '/s',
  },
  ...{ tls: 'starttls' as const, via: 'ip' as const, session: 'once' as const, certFile: null, keyFile: null },
};

const sorted = (names: Iterable<string>) => [...names].sort();

test('scenario-files.md: the points', (t) => {
  t.deepEqual(firstColumn(scenarioFiles, 'Points'), [...POINTS]);
});

test('scenario-files.md: the fields', (t) => {
  const { def } = scenarioFileSchema as unknown as { def: { shape: Record<string, unknown> } };
  t.deepEqual(sorted(firstColumn(scenarioFiles, 'Fields')), sorted(Object.keys(def.shape)));
});

test('scenario-files.md: the variables', (t) => {
  const names = firstColumn(scenarioFiles, 'Variables');
  t.true(names.length > 0);
  const values: Record<string, string> = Object.fromEntries(
    names.map((name) => [name.replace('NAME', 'main').slice(1, -1), 'filled']),
  );
  for (const name of names) t.is(fill(name.replace('NAME', 'main'), values), 'filled', name);
});

test('drivers.md: the environment', (t) => {
  const named = firstColumn(drivers, 'What it is told').flatMap((cell) => cell.split(', '));
  t.deepEqual(sorted(named), sorted(Object.keys(environmentFor(endpoint, {}))));
});

test('drivers.md: the placeholders', (t) => {
  const words = [...drivers.matchAll(/`(\{[a-z]+\})`/g)].map(([, word = '']) => word);
  t.true(words.length > 0);
  for (const word of words) t.not(fillWords([word], endpoint)[0], word);
});

test('drivers.md: what is taken away', (t) => {
  const [, paragraph = ''] = /^These variables are taken away([\s\S]*?) Everything else/m.exec(drivers) ?? [];
  const names = [...paragraph.matchAll(/`([A-Za-z_]+)`/g)].map(([, name = '']) => name);
  t.true(names.length > 8);
  const base = Object.fromEntries(names.map((name) => [name, name === 'NODE_OPTIONS' ? '--tls-min-v1.0' : 'x']));
  t.deepEqual(
    names.filter((name) => name in environmentFor(endpoint, base)),
    [],
  );
});
