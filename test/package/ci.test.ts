/**
 * The CI recipes: they are what they say, everything in them is pinned, and their shell steps run as they stand, with the
 * package as npm packs it. It takes npm's registry or cache; without either, set XMPP_MALLORY_NO_REGISTRY.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import YAML from 'yaml';
import { driverTemplates } from '../../harness/commands/drivers/index.ts';
import { coreIds } from '../../harness/scenario/core.ts';
import { codeBlocks, ROOT, read } from '../docs/documents.ts';
import { type Action, build, interpolated, runAction, shell } from './recipes.ts';

interface GitlabJob {
  before_script: string[];
  script: string[];
  image: string;
}
interface Woodpecker {
  steps: { image: string; commands: string[] }[];
}

const action: Action = YAML.parse(await read('action.yml'));
const gitlab = await read('templates/gitlab-ci.yml');
const woodpecker = await read('templates/woodpecker.yml');
const [gitlabSpec, gitlabJobs] = YAML.parseAllDocuments(gitlab).map((document) => document.toJS());

const FALLS_FOR = 'stripping/starttls-removed-scram';

let folder: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mallory-ci-'));
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

test('every action is pinned by commit, every image by version', async (t) => {
  const recipes = ['action.yml', 'docs/examples/github-actions.yml', 'docs/examples/github-action.yml'];
  for (const path of recipes)
    for (const [, name = ''] of (await read(path)).matchAll(/uses: (\S+)/g))
      t.regex(name, /@(?:[0-9a-f]{40}|COMMIT)$/, path);
  const others = [
    'templates/gitlab-ci.yml',
    'templates/woodpecker.yml',
    'docs/examples/gitlab-ci.yml',
    'Containerfile',
  ];
  for (const path of others)
    for (const [, tag] of (await read(path)).matchAll(/node:([\w.-]+)/g)) t.regex(tag ?? '', /^22\.21\.1(-|$)/, path);
  t.is(action.inputs['node-version']?.default, '22.21.1');
});

test('an input of the action never gets into a script but by the environment', (t) => {
  for (const { run, shell: which } of action.runs.steps) {
    if (run === undefined) continue;
    t.false(run.includes('${{'));
    t.is(which, 'bash');
  }
  const used = new Set([...JSON.stringify(action.runs).matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
  t.deepEqual([...used].sort(), Object.keys(action.inputs).sort(), 'each input is used');
});

test('docs/ci.md shows all inputs', async (t) => {
  const text = await read('docs/ci.md');
  for (const name of [...Object.keys(action.inputs), ...Object.keys(gitlabSpec.spec.inputs)])
    t.true(text.includes(`\`${name}\``), name);
  for (const { text: block } of codeBlocks(text).filter(({ language }) => language === 'yaml'))
    t.truthy(YAML.parse(block));
});

const registry = process.env.XMPP_MALLORY_NO_REGISTRY ? test.skip : test;

registry('their shell steps run as they stand (needs the npm registry)', async (t) => {
  t.timeout(600_000);
  const cwd = join(folder, 'project');
  await mkdir(cwd);
  await writeFile(join(cwd, 'driver.mjs'), driverTemplates.javascript?.text ?? '');
  await symlink(join(ROOT, 'node_modules'), join(cwd, 'node_modules'));
  const command = `${process.execPath} ./driver.mjs`;

  // The container: what is built in its first stage is what the others install.
  const stages = await build(join(ROOT, 'Containerfile'), ROOT, join(folder, 'container'));
  const tarball = join(stages.build ?? '', 'build/xmpp-mallory.tgz');
  t.true(existsSync(tarball));
  const inContainer = await shell(`${stages.last}/usr/local/bin/xmpp-mallory list --core`, { cwd });
  t.is(inContainer.output.trimEnd().split('\n').length, 41, inContainer.output);

  // GitHub
  const facts = {
    'github.action_path': join(stages.build ?? '', 'build'),
    'github.sha': 'f'.repeat(40),
    'runner.os': 'Linux',
    'runner.temp': folder,
  };
  const summary = join(folder, 'summary.md');
  const env = { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' };
  const [installs, ...others] = action.runs.steps.filter(({ run }) => run !== undefined);
  const github = (given: Record<string, string>, steps = others) =>
    runAction({ ...action, runs: { ...action.runs, steps } }, given, facts, { cwd, env });
  // Once: it takes no input, and the longest.
  const installed = await github({}, installs ? [installs] : []);
  t.is(installed.status, 0, installed.output);
  t.true(existsSync(join(facts['github.action_path'], 'dist/harness/cli.js')));
  const options = '--tls starttls';
  const failed = await github({ command, patterns: FALLS_FOR, options });
  t.is(failed.status, 1, failed.output);
  t.regex(failed.output, /1 selected: 1 fail in/);
  t.regex(await readFile(join(cwd, 'mallory-reports/mallory.xml'), 'utf8'), /<failure/);
  t.is(JSON.parse(await readFile(join(cwd, 'mallory-reports/mallory.json'), 'utf8')).exitStatus, 1);
  t.is(JSON.parse(await readFile(join(cwd, 'mallory-reports/mallory.sarif'), 'utf8')).version, '2.1.0');
  t.true(existsSync(join(cwd, 'mallory-reports/mallory.html')));
  t.true((await readFile(summary, 'utf8')).includes(FALLS_FOR));
  t.regex(failed.output, /^::error /m);
  const known = `- { match: ${FALLS_FOR}, expected: fail, kind: bug, reason: known }\n`;
  await writeFile(join(cwd, 'known.yaml'), known);
  const met = await github({ command, patterns: FALLS_FOR, options, baseline: 'known.yaml' });
  t.is(met.status, 0, met.output);
  const cached = { client: 'xmppjs', patterns: 'control/*', options: "--tls 'starttls'", cache: 'true' };
  t.is((await github(cached)).status, 0);
  const again = await github({ ...cached, core: 'false' });
  t.regex(again.output, /results are cached/);
  t.is((await github({ command, core: 'true', patterns: 'control/*' })).status, 2, 'no control is in the core');
  const neither = await github({});
  t.is(neither.status, 2);
  t.regex(neither.output, /Which client\?/);

  // GitLab
  const prefix = join(folder, 'prefix');
  const place = { cwd, env: { npm_config_prefix: prefix, PATH: `${prefix}/bin:${process.env.PATH}` } };
  const inputs: Record<string, string> = { command, package: tarball, patterns: `'${FALLS_FOR}'`, options };
  const defaults = Object.entries(gitlabSpec.spec.inputs as Record<string, { default?: string }>);
  const all = Object.fromEntries(defaults.map(([name, input]) => [name, inputs[name] ?? input.default ?? '']));
  const job = YAML.parse(interpolated(YAML.stringify(gitlabJobs), all)).mallory as GitlabJob;
  const ran = await shell([...job.before_script, ...job.script].join('\n'), place);
  t.is(ran.status, 1, ran.output);
  t.regex(ran.output, /1 selected: 1 fail in/);

  // Woodpecker
  const filled = woodpecker.replace('PACKAGE', tarball).replace('COMMAND', command);
  const [step] = (YAML.parse(filled) as Woodpecker).steps;
  const one = (await coreIds()).find((id) => id.startsWith('stripping/'));
  const commands = step?.commands.map((line) => line.replace('run --core', `run --core ${one} ${options}`)) ?? [];
  const pecked = await shell(commands.join('\n'), place);
  t.regex(pecked.output, /^1 selected: 1 (pass|fail) in/m);
  t.true(pecked.status < 2 && existsSync(join(cwd, 'mallory-reports/mallory.xml')));
});
