/** The linter keeps imports going one way. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { ROOT } from './documents.ts';

/** A file, what it imports, and whether it may. */
const table: [file: string, imported: string, allowed: boolean][] = [
  ['src/index.ts', './interceptor/x.ts', true],
  ['src/index.ts', '../harness/x.ts', false],
  ['src/interceptor/a.ts', '../script/actions/x.ts', true],
  ['src/script/actions/a.ts', '../../xmpp/x.ts', true],
  ['src/script/actions/a.ts', '../../interceptor/x.ts', false],
  ['src/entity/a.ts', '../sasl/x.ts', true],
  ['src/entity/a.ts', '../script/x.ts', false],
  ['src/services/a.ts', '../tls/x.ts', true],
  ['src/services/a.ts', '../entity/x.ts', false],
  ['src/sasl/a.ts', '../tls/x.ts', true],
  ['src/sasl/a.ts', '../services/x.ts', false],
  ['src/tls/a.ts', '../pki/credentials/x.ts', true],
  ['src/tls/a.ts', '../sasl/x.ts', false],
  ['src/pki/credentials/a.ts', '../../xmpp/x.ts', true],
  ['src/pki/credentials/a.ts', '../../tls/x.ts', false],
  ['src/xmpp/a.ts', '../transcript.ts', true],
  ['src/xmpp/a.ts', '../pki/x.ts', false],
  ['src/transcript.ts', './xmpp/x.ts', false],
  ['src/transcript.ts', './transcript/x.ts', true],
  ['src/transcript/a.ts', '../xmpp/x.ts', false],
  ['src/xmpp/b.ts', '../../harness/x.ts', false],
  ['harness/run/a.ts', '../../src/interceptor/x.ts', true],
  ['harness/run/a.ts', '../../test/x.ts', false],
  ['harness/judge/a.ts', '../../src/transcript.ts', true],
  ['harness/judge/a.ts', '../run/x.ts', false],
  ['harness/judge/a.ts', 'node:net', false],
];

interface Report {
  diagnostics: { category: string; location: { path: string | { file: string }; start?: { line: number } } }[];
}

test('a folder imports only from itself and from what stands below it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-layers-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const file of ['biome.json', 'biome.layers.json']) await copyFile(join(ROOT, file), join(folder, file));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of new Set(table.map(([name]) => name))) {
    const lines = table.filter(([name]) => name === file).map(([, imported]) => `import '${imported}';\n`);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), lines.join(''));
  }
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const words = [biome, 'lint', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=json'];
  const ran = promisify(execFile)(process.execPath, words, { cwd: folder });
  const { stdout } = await ran.catch((error: { stdout: string }) => error);
  const { diagnostics } = JSON.parse(stdout) as Report;
  const refused = diagnostics.map(
    ({ location: { path, start } }) => `${typeof path === 'string' ? path : path.file}:${start?.line}`,
  );
  const wanted = table.flatMap(([file, imported, allowed]) => {
    const line = table.filter(([name]) => name === file).findIndex(([, one]) => one === imported) + 1;
    return allowed ? [] : [`${file}:${line}`];
  });
  t.deepEqual(refused.sort(), wanted.sort());
});
