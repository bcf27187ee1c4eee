/** What is wrong with a recipe file is told with its place and the way out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bundledClients } from '../../../harness/clients/clients.ts';
import { readRecipe } from '../../../harness/recipe/read.ts';

async function written(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-recipe-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'recipe.yaml');
  await writeFile(file, text);
  return file;
}

const wrong: [what: string, text: string, sentence: RegExp][] = [
  ['no command', 'terminal: true', /:1:1: "command" is missing\./],
  ['an unknown key', 'command: [a]\nterminl: true', /:2:1: unknown key "terminl"; did you mean "terminal"\?/],
  ['an unknown value', 'command: [a]\nfiles: { b: "{pasword}" }', /:2:1: \{pasword\} .*did you mean "password"\?/],
  ['a file elsewhere', 'command: [a]\nfiles: { ../b: c }', /:2:\d+: the key "\.\.\/b" must be a path below HOME/],
  ['an absolute file', 'command: [a]\nfiles: { /etc/passwd: c }', /must be a path below HOME/],
  ['a bad pattern', 'command: [a]\nonline: "("', /:2:9: "online": it must be a regular expression\./],
  [
    'a mode as a number',
    'command: [a]\nfiles: { b: { text: c, mode: 600 } }',
    /"mode" must be text, not a number\. Put it in quotes\./,
  ],
  [
    'input and a terminal',
    'command: [a]\nterminal: true\ninput: b',
    /:3:8: "input" is for programs without a terminal/,
  ],
  ['no YAML', 'command: [a', /recipe\.yaml:\d+:\d+: /],
];
for (const [what, text, sentence] of wrong) {
  test(`a sentence for ${what}`, async (t) => {
    await t.throwsAsync(readRecipe(await written(t, text)), { message: sentence });
  });
}

test('a variant changes what it names', async (t) => {
  const file = await written(
    t,
    'command: [a]\nvalues: { b: "1", c: "2" }\nonline: d\nvariants: { e: { values: { c: "3" }, sessions: [once] } }',
  );
  const { recipe, variants } = await readRecipe(file, 'e');
  t.deepEqual([recipe.values, recipe.online, recipe.sessions], [{ b: '1', c: '3' }, 'd', ['once']]);
  t.deepEqual(variants, ['e']);
  t.is((await readRecipe(file)).recipe.values.c, '2');
  await t.throwsAsync(readRecipe(file, 'f'), { message: /has no variant "f".* There are: e\.$/ });
});

for (const client of bundledClients.filter(({ file }) => file.endsWith('.yaml'))) {
  test(`${client.name}: the list of clients says what its recipe says, and has all its variants`, async (t) => {
    const folder = client.file.split('/').at(-2) ?? '';
    const variant = client.name === folder ? null : client.name.slice(folder.length + 1);
    const { recipe, variants } = await readRecipe(client.file, variant);
    t.deepEqual(client.transports, recipe.transports);
    t.deepEqual(client.sessions, recipe.sessions);
    t.is(client.confined !== null, recipe.confined);
    t.is(client.via, recipe.via);
    t.is(client.timeoutMs, recipe.timeout === null ? null : recipe.timeout * 1_000);
    const names = bundledClients.map(({ name }) => name);
    for (const one of variants) t.true(names.includes(`${folder}-${one}`));
  });
}
