/** The examples for AVA, run by AVA, and for Vitest, run by `node:test` in its place. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { folder, ROOT, run } from './support.ts';

const source = (path: string) => pathToFileURL(join(ROOT, path)).href;
const KEY = 'stripping/starttls-removed-scram[starttls,ip]';
const VITEST = `import assert from 'node:assert/strict';
import { test as one } from 'node:test';
export const expect = (value, message) => ({ toMatch: (pattern) => assert.match(value, pattern, message) });
export const test = Object.assign((name, run) => one(name, run), {
  skip: (name) => one(name, { skip: true }),
  fails: (name, run) => one(name, () => assert.throws(run)),
});`;

/** A project with one of the examples in it, and the reference client in place of its own. */
async function project(t: ExecutionContext, file: string, fault: string | null, known: object): Promise<string> {
  const dir = await folder(t);
  const text = await readFile(join(ROOT, 'harness/bindings/javascript', file), 'utf8');
  const own = text.replace("'xmpp-mallory'", `'${source('harness/index.ts')}'`).replace("'vitest'", "'./vitest.mjs'");
  await writeFile(join(dir, 'mallory.test.mjs'), own.replace('known = {}', `known = ${JSON.stringify(known)}`));
  await writeFile(join(dir, 'vitest.mjs'), VITEST);
  await writeFile(join(dir, 'package.json'), '{"type": "module"}');
  await mkdir(join(dir, 'node_modules'));
  await symlink(join(ROOT, 'node_modules/ava'), join(dir, 'node_modules/ava'));
  const client = `import { referenceClient } from '${source('test/reference-client/client.ts')}';
    const connect = referenceClient({ faults: ${JSON.stringify([fault].filter(Boolean))} });
    export async function login({ jid, signal, ...endpoint }) {
      await connect({ ...endpoint, jid, domain: jid.split('@')[1], session: 'once' }, signal);
      return { close: async () => undefined };
    }`;
  await writeFile(join(dir, 'my-client.mjs'), client);
  return dir;
}

const tsx = `--import=${import.meta.resolve('tsx')}`;
const env = { NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: tsx };
const RUNNERS = {
  'ava.mjs': [
    process.execPath,
    join(ROOT, 'node_modules/ava/entrypoints/cli.mjs'),
    '--no-worker-threads',
    '--timeout=2m',
    '--tap',
  ],
  'vitest.test.mjs': [process.execPath, '--test', '--test-reporter=tap'],
};

for (const [file, command] of Object.entries(RUNNERS)) {
  for (const [what, fault, known, status] of [
    ['the correct client passes', null, {}, 0],
    ['a faulty one fails', 'continues-in-clear', {}, 1],
    ['unless that is known', 'continues-in-clear', { [KEY]: 'issue 12' }, 0],
    ['which must then be so', null, { [KEY]: 'issue 12' }, 1],
  ] as const) {
    test.serial(`${file}: ${what}`, async (t) => {
      const cwd = await project(t, file, fault, known);
      const ended = await run([...command, 'mallory.test.mjs'], { cwd, env });
      t.is(ended.status, status, ended.output);
      t.regex(ended.output, /ok \d+ - .*certificate\/wrong-name\[starttls,ip\]/);
      t.is(/^ *not ok \d+ - .*stripping\/starttls-removed-scram/m.test(ended.output), status === 1, ended.output);
    });
  }
}
