import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { served, suite } from '../limbo/suite.ts';

const CLI = fileURLToPath(new URL('../../../harness/cli.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function start(words: string[], cwd: string): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, NO_COLOR: '1', XMPP_MALLORY_PASSWORD: '' };
  const child = spawn(process.execPath, [`--import=${TSX}`, CLI, ...words], { cwd, env });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
  return { child, ended };
}

const mallory = (words: string[], cwd = tmpdir()) => start(words, cwd).ended;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-cli-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

test('what a driver says with its last breath does not get to the terminal as it is', async (t) => {
  const driver = String.raw`process.stderr.write("\x1b]0;title\x07gone\n"); process.exit(1)`;
  const { status, stderr } = await mallory(['run', '--s2s', 'control/login', '--', process.execPath, '-e', driver]);
  t.is(status, 2);
  t.true(stderr.includes(String.raw`Its last words: \x1b]0;title\x07gone`), stderr);
  t.false(stderr.includes('\x1b'));
});

const bad: [words: string[], sentence: RegExp][] = [
  [['rnu'], /^Unknown command 'rnu' \(Did you mean run\?\)/],
  [['run'], /^Which client\? Put its command behind --/],
  [['run', './client'], /"xmpp-mallory run -- \.\/client"/],
  [['run', '--'], /^There is no command behind --/],
  [['run', '--client', 'slixmpp', '--', 'x'], /^Either --client NAME or a command after --/],
  [['run', '--client', 'slixmp'], /^There is no bundled client "slixmp"; did you mean "slixmpp"\?/],
  [['run', '--jbos', '1', '--', 'x'], /^Unknown option '--jbos' \(Did you mean --jobs\?\)/],
  [['run', '--jobs', '0', '--', 'x'], /must be a whole number from 1, or auto/],
  [['run', '--core', 'control/*', '--', 'x'], /^Nothing of control\/\* runs with --core; leave that out\.$/m],
  [['list', '--core', 'control/*'], /^Nothing of control\/\* runs with --core/],
  [
    ['run', 'control/login', '--cache', 'x', '--', 'x'],
    /^--cache needs the version of the client: say --client-version/,
  ],
  [['run', '--timeout', '1m', '--', 'x'], /must be a number of seconds, such as 10/],
  [['run', '--tls', 'tls', '--', 'x'], /Allowed choices are starttls, direct/],
  [['run', '--via', 'dns', '--', 'sh'], /^--via dns needs --confine: /],
  [['run', '--s2s', '--via', 'ip', '--', 'x'], /^--via is for clients: .*XMPP_DNS\. Leave it out with --s2s/],
  [['run', '--s2s', '--confine', '--', 'x'], /^--confine is for clients: .* Leave it out with --s2s/],
  [['run', '--via', 'name', '--', 'x'], /Allowed choices are ip, host and dns/],
  [['hello', '--via', 'dns', '--', 'x'], /Only run knows --via dns\. Allowed choices are ip, host/],
  [['run', '--reporter', 'jnit', '--', 'x'], /^There is no reporter "jnit"; did you mean "junit"\?/],
  [['run', '--baseline', '/nowhere.yaml', '--', 'x'], /^\/nowhere\.yaml cannot be read: there is no such file/],
  [['run', '--scenarios', '/nowhere', '--', 'x'], /^\/nowhere cannot be read: there is no such directory/],
  [['run', '--limbo', '/nowhere.json', '--', 'x'], /^\/nowhere\.json cannot be read: there is no such file\.$/m],
  [['list', '--limbo', '/'], /^\/ cannot be read: it is a directory\.$/m],
  [['run', 'striping/*', '--', 'true'], /^No scenario matches "striping\/\*"; the nearest: stripping\/\*/],
  [['run', '--upstream', 'x', '--', 'x'], /must be HOST:PORT/],
  [['run', '--upstream', 'x:1', '--', 'x'], /--upstream HOST:PORT and --account JID belong together/],
  [['run', '--upstream', '[::1]:5222', '--account', 'a@b', '--', 'x'], /environment variable XMPP_MALLORY_PASSWORD/],
  [['run', '--upstream-ca', 'x', '--', 'x'], /of no use without --upstream/],
  [['run', '--watch', '--shard', '1/2', '--', 'x'], /^--watch goes with none of --write-baseline, --shard and --cache/],
  [['list', '--', 'x'], /^list takes no command after --/],
  [['explain', 'control/lgoin'], /^No scenario matches "control\/lgoin"; the nearest: control\//],
  [['manual', 'certificate/expired', '--listen', '0.0.0.0'], /^--listen 0\.0\.0\.0 is every address/],
  [['manual', 'stripping/*'], /^No scenario matches "stripping\/\*"/],
  [['check', '/nowhere.yaml'], /there is no such file/],
  [['check'], /^Missing required argument 'files'/],
  [['init', 'pythn'], /^There is no driver for "pythn"; did you mean "python"\?/],
  [['ca', '--credential', 'expierd'], /^There is no credential "expierd"; did you mean "expired"\?/],
  [['ca', '--out', '/dev/null/x'], /cannot be written/],
  [['ca', '--out', 'x', '--domain', 'a.b'], /at least three labels/],
];
for (const [words, sentence] of bad) {
  test(`bad usage: ${words.join(' ')}`, async (t) => {
    const { status, stdout, stderr } = await mallory(words);
    t.is(status, 2);
    t.is(stdout, '');
    t.regex(stderr, sentence);
    t.notRegex(stderr, /^ +at |node:internal/m, 'no stack trace');
  });
}

test('list: ids to standard output, the rest elsewhere', async (t) => {
  const { status, stdout, stderr } = await mallory(['list', 'control/*']);
  t.is(status, 0);
  for (const line of stdout.trimEnd().split('\n')) t.regex(line, /^control\/\S+ +(critical|high|medium|low|info) +/);
  t.regex(stderr, /\d+ scenarios/);
  const { stdout: text } = await mallory(['list', '--json', 'control/*']);
  t.is(JSON.parse(text).length, stdout.trimEnd().split('\n').length);
});

test('list --core: 40 of them', async (t) => {
  const { status, stdout } = await mallory(['list', '--core', '--json']);
  t.is(status, 0);
  t.is(JSON.parse(stdout).length, 40);
});

test('a reader that goes away is no error', async (t) => {
  const { child, ended } = start(['list'], tmpdir());
  child.stdout?.destroy();
  const { status, stderr } = await ended;
  t.is(status, 0);
  t.notRegex(stderr, /EPIPE/);
});

test('explain: in words, with the clause and the command', async (t) => {
  const { status, stdout } = await mallory(['explain', 'certificate/expired[direct,ip]']);
  t.is(status, 0);
  for (const part of [
    /What Mallory does/,
    /What would happen over direct TLS\n[\s\S]* {2}! hello {2}\|<~ ServerHello, certificate: valid/,
    /What is wanted of the client/,
    /What has to work first/,
    /xmpp-mallory run certificate\/expired -- COMMAND/,
    /RFC \d+, section/,
  ])
    t.regex(stdout, part);
});

const GOOD = 'id: mine/attack\ntitle: T\ndescription: D\nimportance: high\n';

test('check: 0 for good files, 1 for mistakes', async (t) => {
  const cwd = await folder(t);
  await writeFile(join(cwd, 'good.yaml'), GOOD);
  await writeFile(join(cwd, 'bad.yaml'), GOOD.replace('high', 'higher'));
  const good = await mallory(['check', 'good.yaml'], cwd);
  t.is(good.status, 0, good.stdout);
  const both = await mallory(['check', '.'], cwd);
  t.is(both.status, 1);
  t.regex(both.stdout, /^bad\.yaml:4:13: "higher" is not allowed for "importance"; did you mean "high"\?/);
});

test('run: a client that does not log in, with every report written', async (t) => {
  const cwd = await folder(t);
  const reporters = ['--reporter', 'json=out/r.json', '--reporter', 'junit=out/r.xml', '--reporter', 'tap=out/r.tap'];
  const { status, stdout } = await mallory(['run', 'control/*', ...reporters, '--', 'sh', '-c', 'exit 1'], cwd);
  t.is(status, 2);
  t.regex(stdout, /No login over STARTTLS and direct TLS, even without an attack\n {2}The client never connected/);
  t.deepEqual((await readdir(join(cwd, 'out'))).sort(), ['r.json', 'r.tap', 'r.xml']);
  const report = JSON.parse(await readFile(join(cwd, 'out/r.json'), 'utf8'));
  t.is(report.format, 'xmpp-mallory/1');
  t.is(report.exitStatus, 2);
});

test('run: --interactive and --watch say so where there is no terminal, and what is named is run once', async (t) => {
  const words = ['run', '--interactive', '--watch', 'control/login', '--tls', 'direct', '--', 'sh', '-c', 'exit 1'];
  const { status, stdout, stderr } = await mallory(words);
  t.is(status, 2);
  t.regex(stderr, /^--interactive needs a terminal, and here is none: what the patterns name is run\.$/m);
  t.regex(stderr, /^--watch needs a terminal, and here is none: this runs once\.$/m);
  t.regex(stdout, /1 selected: 1 inconclusive/);
});

test('an x509-limbo suite: listed, explained and run alone, with the command that runs one of them again', async (t) => {
  const cwd = await folder(t);
  await writeFile(join(cwd, 'limbo.json'), suite(served.slice(2, 4)));
  const id = 'limbo/webpki::san::mismatch-domain-san';
  const listed = await mallory(['list', '--limbo', 'limbo.json'], cwd);
  t.is(listed.stdout.trimEnd().split('\n').length, 2);
  const { stdout: explained } = await mallory(['explain', id, '--limbo', 'limbo.json'], cwd);
  t.regex(explained, /told the domain example\.com, and trusts 1 CA of the suite beside Mallory's/);
  t.regex(explained, new RegExp(`run ${id} --limbo limbo\\.json -- COMMAND`));
  const { stdout } = await mallory(['run', '--limbo', 'limbo.json', '--reporter', 'json', '--', 'true'], cwd);
  const report = JSON.parse(stdout);
  t.is(report.selected, 4);
  t.is(
    report.results.find((one: { key: string }) => one.key === `${id}[direct,ip]`).rerun,
    `xmpp-mallory run ${id} --tls direct --via ip --limbo limbo.json -- true`,
  );
});

test('run: a report that cannot be written is told, and the status is 2', async (t) => {
  const cwd = await folder(t);
  await writeFile(join(cwd, 'file'), '');
  const { status, stderr } = await mallory(['run', 'control/*', '--reporter', 'tap=file/r.tap', '--', 'true'], cwd);
  t.is(status, 2);
  t.regex(stderr, /^The tap report cannot be written to file\/r\.tap: /m);
});

test('run: what was written as a baseline is what is then expected', async (t) => {
  const cwd = await folder(t);
  const words = ['run', 'control/*', '--tls', 'starttls'];
  const first = await mallory([...words, '--write-baseline', 'b.yaml', '--', 'true'], cwd);
  t.is(first.status, 2);
  const second = await mallory([...words, '--baseline', 'b.yaml', '--', 'true'], cwd);
  t.regex(second.stdout, /Known, from the baseline\n {2}inconclusive control\//);
  t.regex(second.stdout, /Nothing was judged/);
});

test('run: Ctrl-C ends the clients, writes the report and gives 130', async (t) => {
  const cwd = await folder(t);
  const { child, ended } = start(
    ['run', 'control/*', '--reporter', 'json=r.json', '--', 'sh', '-c', 'touch "$0/started"; exec sleep 60', cwd],
    cwd,
  );
  while (!(await stat(join(cwd, 'started')).catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGINT');
  const { status, stdout, stderr } = await ended;
  t.is(status, 130, stderr);
  t.regex(stderr, /SIGINT: ending the clients/);
  t.regex(stdout, /not run/);
  t.is(JSON.parse(await readFile(join(cwd, 'r.json'), 'utf8')).format, 'xmpp-mallory/1');
});

test('init: writes a driver, and never over a file', async (t) => {
  const cwd = await folder(t);
  const first = await mallory(['init', 'python'], cwd);
  t.is(first.status, 0);
  t.is(first.stdout, "xmpp-mallory run 'control/*' -- python3 xmpp-driver.py\n");
  t.regex(await readFile(join(cwd, 'xmpp-driver.py'), 'utf8'), /XMPP_JID/);
  const second = await mallory(['init', 'python'], cwd);
  t.is(second.status, 2);
  t.regex(second.stderr, /^xmpp-driver\.py is there already; delete it, or name another file with --out\./);
  const { stdout } = await mallory(['init', 'shell', '--out', '-'], cwd);
  t.regex(stdout, /^#!\/bin\/sh/);
});

test('ca: a table, or files of a fresh CA', async (t) => {
  const cwd = await folder(t);
  const { stdout } = await mallory(['ca']);
  t.regex(stdout, /^expired +untrusted +.*\(twin: valid\)$/m);
  const { status } = await mallory(['ca', '--out', 'x', '--credential', 'expired', '--credential', 'valid'], cwd);
  t.is(status, 0);
  t.deepEqual((await readdir(join(cwd, 'x'))).sort(), [
    'ca.pem',
    'expired-key.pem',
    'expired.pem',
    'valid-key.pem',
    'valid.pem',
  ]);
  t.is((await stat(join(cwd, 'x/valid-key.pem'))).mode & 0o777, 0o600);
});
