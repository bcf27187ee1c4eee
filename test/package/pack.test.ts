/**
 * The package as npm would publish it, installed into an empty project: what a stranger gets. It takes npm's registry or
 * cache for the dependencies; without either, set XMPP_MALLORY_NO_REGISTRY.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** All that the package is made of. */
const SOURCES = [
  'src',
  'harness',
  'scenarios',
  'docs',
  'templates',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
].concat(['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']);

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

function run(cwd: string, program: string, ...words: string[]): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(program, words, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

let folder: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mallory-pack-'));
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

const registry = process.env.XMPP_MALLORY_NO_REGISTRY ? test.skip : test;

registry('packed, installed into an empty project and used there (needs the npm registry)', async (t) => {
  t.timeout(240_000);
  // Built from the sources as they are, and not in their place: other tests may be using dist.
  const copy = join(folder, 'copy');
  await mkdir(copy);
  for (const name of SOURCES) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const packed = await run(copy, 'npm', 'pack', '--json', '--pack-destination', folder);
  t.is(packed.status, 0, packed.stderr);
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  const tarball = join(folder, filename);

  const pkg = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const { messages } = await publint({ strict: true, pack: { tarball: (await readFile(tarball)).buffer } });
  t.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
  const odd = files.map(({ path }) => path).filter((path) => /^(src|test)\/|^harness\/.*\.ts$|\.tgz$/.test(path));
  t.deepEqual(odd, [], 'sources and tests stay at home');

  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}');
  const client = `@xmpp/client@${pkg.devDependencies['@xmpp/client']}`;
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  const installed = await run(project, 'npm', 'install', ...options, tarball, client);
  t.is(installed.status, 0, installed.stderr);

  const mallory = (...words: string[]) => run(project, join(project, 'node_modules/.bin/xmpp-mallory'), ...words);
  const listed = await mallory('list', 'control/*');
  t.regex(listed.stdout, /^control\/login /m, listed.stderr);

  const entries = `
    import { loadScenarios, runScenario } from 'xmpp-mallory';
    import { createAuthority, startInterceptor } from 'xmpp-mallory/adversary';
    const { scenarios } = await loadScenarios();
    const authority = await createAuthority();
    console.log(scenarios.length, typeof runScenario, typeof startInterceptor, authority.caPem.length > 0);`;
  await writeFile(join(project, 'entries.mjs'), entries);
  const imported = await run(project, process.execPath, 'entries.mjs');
  t.regex(imported.stdout, /^\d+ function function true$/m, imported.stderr);

  // As in the README: write a driver, then look whether it logs in.
  const written = await mallory('init', 'javascript');
  t.is(written.status, 0, written.stderr);
  const [, words = ''] = /^xmpp-mallory run 'control\/\*' -- (.*)$/m.exec(written.stdout) ?? [];
  const ran = await mallory('run', 'control/login', '--tls', 'starttls', '--', ...words.split(' '));
  t.is(ran.status, 0, ran.stdout + ran.stderr);
  t.regex(ran.stdout, /^1 selected: 1 pass in /m);

  // The drivers of the bundled clients, and the types, are where they are looked for.
  const bundled = await mallory('run', 'control/login', '--tls', 'starttls', '--client', 'xmppjs');
  t.is(bundled.status, 0, bundled.stdout + bundled.stderr);
  await writeFile(join(project, 'types.ts'), TYPED);
  const types = join(ROOT, 'node_modules/@types');
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const how = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--typeRoots', types];
  const compiled = await run(project, process.execPath, compiler, ...how, '--types', 'node', 'types.ts');
  t.is(compiled.status, 0, compiled.stdout);
});

const TYPED = `
import { commandClient, type Connect, defineScenario, type Report, runScenarios, type Verdict } from 'xmpp-mallory';
import { type ReceivingEntity, simulated, startInterceptor } from 'xmpp-mallory/adversary';
const client: Connect = async ({ host, port }, signal) => void [host, port, signal.aborted];
export const report: Report = await runScenarios({ client, patterns: ['control/*'] });
export const verdict: Verdict | undefined = report.results[0]?.verdict;
export type Name = ReturnType<Parameters<ReceivingEntity['receive']>[0]['getName']>;
export const name: Name = 'a text';
export const scenario = defineScenario({
  id: 'own/x', title: 't', description: 'd', importance: 'low', script: [{ on: 'features', do: { remove: 'starttls' } }],
});
export const command = commandClient({ command: ['python3', 'xmpp-driver.py'], rerun: [] });
export const entry = [simulated, startInterceptor];
`;
