/** `run --client a,b` and `--client all`: one run after another, one report, one exit status. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { bundledClients } from '../../../harness/clients/clients.ts';
import type { MergedReports } from '../../../harness/result.ts';

const CLI = fileURLToPath(new URL('../../../harness/cli.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
/** Here xmppjs is found, wherever a test works. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function run(words: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [`--import=${TSX}`, CLI, 'run', ...words], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
}

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-several-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

const merged = async (file: string): Promise<MergedReports> => JSON.parse(await readFile(file, 'utf8'));

const detected = await Promise.all(bundledClients.map(async ({ name, detect }) => ({ name, ...(await detect()) })));
const installed = detected.filter((one) => one.installed).map(({ name }) => name);
/** Both are quick; the second differs from the first in one setting. */
const pair = ['libstrophe', 'libstrophe-strict'];
const withPair = pair.every((name) => installed.includes(name)) ? test : test.skip;
const STRIPPED = ['stripping/starttls-removed-plain-only', '--tls', 'starttls', '--via', 'ip'];

withPair(
  'two clients: the worst exit status, a report with both, and a baseline for each (needs libstrophe)',
  async (t) => {
    const out = await folder(t);
    const both = [...STRIPPED, '--client', pair.join(',')];
    const first = await run([...both, '--reporter', `json=${out}/r.json`, '--write-baseline', `${out}/known`]);
    t.is(first.status, 1, first.stderr);
    t.regex(first.stderr, /^1 of 2: libstrophe [\d.]+$/m);
    t.regex(first.stdout, /^2 clients$/m);
    t.regex(first.stdout, /^libstrophe-strict [\d.]+ +1 +0$/m);
    const { reports, exitStatus } = await merged(`${out}/r.json`);
    t.deepEqual(
      reports.map(({ client, summary }) => [client.label, summary.pass, summary.fail]),
      [
        ['libstrophe', 0, 1],
        ['libstrophe-strict', 1, 0],
      ],
    );
    t.is(exitStatus, 1);
    t.regex(reports[0].results[0]?.rerun ?? '', /--client libstrophe$/);

    t.deepEqual(await readdir(join(out, 'known')), ['libstrophe-strict.yaml', 'libstrophe.yaml']);
    const second = await run([...both, '--baseline', `${out}/known`]);
    t.is(second.status, 0, second.stdout);
  },
);

withPair('what is kept of two clients does not meet (needs libstrophe)', async (t) => {
  const out = await folder(t);
  const words = ['control/login', '--tls', 'starttls', '--keep', out, '--client', pair.join(',')];
  const { status, stderr } = await run(words);
  t.is(status, 0, stderr);
  t.deepEqual(await readdir(out), pair);
});

test('all: what is not here is left out, with the reason and the package, and the rest is run', async (t) => {
  const out = await folder(t);
  const words = ['control/login', '--tls', 'starttls', '--client', 'all', '--reporter', `json=${out}/r.json`];
  // Node itself is started by its path; Python in /usr/bin is found without PATH.
  const { status, stderr } = await run(words, { PATH: out });
  t.regex(
    stderr,
    /^Left out: libstrophe is not installed \(pkg-config is not installed\)\. To install it: apt install /m,
  );
  const text = await readFile(join(out, 'r.json'), 'utf8');
  const { reports = [JSON.parse(text)] } = JSON.parse(text);
  const judged = reports.map(({ client }: { client: { label: string } }) => client.label);
  t.true(judged.includes('xmppjs'), stderr);
  const left = [...stderr.matchAll(/^Left out: (\S+) is not installed/gm)].map(([, name]) => name);
  t.deepEqual([...judged, ...left].sort(), bundledClients.map(({ name }) => name).sort());
  t.is(status, 0, stderr);
});

const bad: [words: string[], sentence: RegExp][] = [
  [['--client', 'slixmpp,foo'], /^There is no bundled client "foo"\. .*; all means each of them\./],
  [['--client', 'xmppjs,'], /^There is no bundled client ""/],
];
const badOfPair: [words: string[], sentence: RegExp][] = [
  [['--watch'], /^--watch is for one client/],
  [['--client-version', '3'], /^--client-version is for one client/],
  [['--reporter', 'tap'], /^A tap report has room for one client/],
  [['--baseline', 'package.json'], /^--baseline package\.json is no folder: .* NAME\.yaml/],
];
for (const [words, sentence] of bad) {
  test(`bad usage: run ${words.join(' ')}`, async (t) => {
    const { status, stderr } = await run(words);
    t.is(status, 2);
    t.regex(stderr, sentence);
  });
}
for (const [words, sentence] of badOfPair) {
  withPair(`bad usage of two clients: run ${words.join(' ')} (needs libstrophe)`, async (t) => {
    const { status, stderr } = await run([...words, '--client', pair.join(',')]);
    t.is(status, 2);
    t.regex(stderr, sentence);
  });
}

const confined = detected.find(({ name }) => name === 'gloox');
const withConfined = confined?.installed ? test : test.skip;

withConfined(
  'a client that has to be confined is, and where that does not work it says so (needs gloox)',
  async (t) => {
    const words = ['control/login', '--tls', 'starttls', '--client', 'gloox'];
    const works = await run(words);
    const path = await folder(t);
    for (const program of ['pkg-config', 'c++']) await link(program, path);
    const without = await run(words, { PATH: path });
    if (works.status === 0) t.regex(works.stdout, /1 pass/);
    else t.regex(works.stderr, /^gloox has to be confined, since .*\. --confine does not work on this machine/);
    t.is(without.status, 2);
    t.regex(without.stderr, /^gloox has to be confined, since .*\. --confine .* Install util-linux/);
  },
);

async function link(program: string, into: string): Promise<void> {
  const { symlink, access } = await import('node:fs/promises');
  for (const dir of (process.env.PATH ?? '').split(':')) {
    const file = join(dir, program);
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return symlink(file, join(into, program));
  }
}
