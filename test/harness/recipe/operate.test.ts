/** What becomes of programs that a recipe starts: small fakes in the shell, in terminals and without. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Endpoint } from '../../../harness/client/client.ts';
import { commandClient } from '../../../harness/client/command.ts';
import { commandOf } from '../../../harness/clients/recipe.ts';
import { complete } from '../../../harness/recipe/schema.ts';
import { isGone, type Session, start, until } from '../client/fixtures.ts';

type Written = Parameters<typeof complete>[0];

/** `script`: what the program does, in the shell. */
async function operated(
  t: ExecutionContext,
  script: string,
  recipe: Partial<Written> = {},
  overrides: Partial<Endpoint> = {},
): Promise<Session> {
  const cache = await mkdtemp(join(tmpdir(), 'mallory-cache-'));
  t.teardown(() => rm(cache, { recursive: true }));
  const command = await commandOf(complete({ command: ['sh', '-c', script], terminal: true, ...recipe }), cache);
  return start(t, commandClient({ command, rerun: [] }), overrides);
}

const noted = (session: Session, name = 'note') => join(session.stateDir, name);
const note = (session: Session, name?: string) => readFileSync(noted(session, name), 'utf8').trim();
const CAN = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
const onLinux = CAN ? test : test.skip;
const ONLINE = { online: 'You are online', quit: '/quit\r' };
const UNTIL_QUIT = 'read -r word; echo "$word" >~/note';

onLinux('it types what is asked for, sees that it is online, and quits', async (t) => {
  const script = `echo 'Your name?'; read -r name; echo "You are online, $name"; ${UNTIL_QUIT}`;
  const session = await operated(t, script, { ...ONLINE, type: [{ when: 'Your name\\?', keys: '{localpart}\r' }] });
  t.deepEqual(await session.running.ended, { code: 0, signal: null });
  t.deepEqual(session.claims(), [{ result: 'online' }]);
  t.is(note(session), '/quit');
  t.regex(session.running.stderrTail(), /You are online, juliet/, 'the screen is what a report shows');
});

onLinux('a status of the program is none of a driver: 77 is no refusal to run', async (t) => {
  const { running } = await operated(t, 'exit 77', { terminal: false });
  t.deepEqual(await running.ended, { code: 1, signal: null });
});

onLinux('text that is drawn in pieces is text on the screen', async (t) => {
  const script = `printf 'You are \\033[5Chere\\033[9D\\033[9Donline\\n'; printf '\\033[2;1HYou are\\033[2;9Honline'; ${UNTIL_QUIT}`;
  const { running } = await operated(t, script, { ...ONLINE, online: '^You are online$' });
  t.is((await running.ended).code, 0);
});

onLinux('it is in a terminal of 120 columns and 40 lines, which answers', async (t) => {
  const script = `stty size >~/note; [ -t 0 ] && [ -t 1 ] && stty raw && printf '\\033[6n' && head -c 6 >~/answer`;
  const session = await operated(t, script);
  await session.running.ended;
  t.is(note(session), '40 120');
  t.is(readFileSync(noted(session, 'answer'), 'latin1'), '\x1b[1;1R');
});

onLinux('who says that it has given up is told to quit, and was not online', async (t) => {
  const session = await operated(t, `echo 'Login failed'; ${UNTIL_QUIT}`, { refused: 'Login failed', quit: 'q\r' });
  t.deepEqual(await session.running.ended, { code: 1, signal: null });
  t.deepEqual(session.claims(), [{ result: 'refused' }]);
});

onLinux('who shows nothing was not online, whatever its status', async (t) => {
  const { running } = await operated(t, 'exit 0', ONLINE);
  t.is((await running.ended).code, 1);
});

onLinux('a session that stays goes on until it is asked to end', async (t) => {
  const session = await operated(t, `echo 'You are online'; ${UNTIL_QUIT}`, ONLINE, { session: 'stay' });
  await session.firstClaim;
  await session.running.terminate();
  t.deepEqual(await session.running.ended, { code: 0, signal: null });
  t.false(existsSync(noted(session)), 'nothing was typed');
});

const unsupported: [what: string, recipe: Partial<Written>, told: Partial<Endpoint>][] = [
  ['transport', { transports: ['direct'] }, { tls: 'starttls' }],
  ['session', { sessions: ['once'] }, { session: 'stay' }],
];
for (const [what, recipe, told] of unsupported) {
  onLinux(`a ${what} that the recipe leaves out is unsupported, and nothing is started`, async (t) => {
    const session = await operated(t, 'touch ~/note', recipe, told);
    t.is((await session.running.ended).code, 77);
    t.false(existsSync(noted(session)));
  });
}

onLinux('a question that no recipe answers is answered by nobody', async (t) => {
  const session = await operated(t, `echo 'Accept this certificate?' | tee ~/asked; read -r yes; echo "$yes" >~/note`);
  await until(() => existsSync(noted(session, 'asked')));
  await session.running.terminate();
  t.deepEqual(await session.running.ended, { code: 0, signal: null });
  t.false(existsSync(noted(session)));
});

const STUBBORN = "trap '' TERM HUP INT;";
const leavers: [what: string, script: string][] = [
  [
    'a daemon',
    "setsid sh -c 'echo $$ >~/note; exec sleep 60' </dev/null >/dev/null 2>&1 & until [ -s ~/note ]; do sleep 0.05; done",
  ],
  [
    'a daemon that ignores every signal',
    `setsid sh -c '${STUBBORN} echo $$ >~/note; while :; do sleep 1; done' & until [ -s ~/note ]; do sleep 0.05; done`,
  ],
  ['a child in the background', `sleep 60 & echo $! >~/note; wait`],
  ['a program that ignores every signal', `${STUBBORN} echo $$ >~/note; while :; do sleep 1; done`],
];
for (const terminal of [true, false]) {
  for (const [what, script] of leavers) {
    onLinux(`${what} is still the client, and is ended${terminal ? ', in a terminal, too' : ''}`, async (t) => {
      const session = await operated(t, script, { terminal });
      await until(() => existsSync(noted(session)) && note(session) !== '');
      const pid = Number(note(session));
      t.false(isGone(pid));
      t.false(await Promise.race([session.running.ended.then(() => true), sleepFor(100)]), 'the session goes on');
      await session.running.terminate();
      t.true(isGone(pid));
    });
  }
}
const sleepFor = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));

for (const terminal of [true, false]) {
  onLinux(`a crash is told as one${terminal ? ', from a terminal, too' : ''}`, async (t) => {
    const { running } = await operated(t, 'kill -SEGV $$', { terminal });
    t.deepEqual(await running.ended, { code: null, signal: 'SIGSEGV' });
  });
}

test('without a terminal it has its input, and what it says is looked at', async (t) => {
  const recipe = { terminal: false, input: 'a message to {jid}\n', online: 'You are online' };
  const session = await operated(t, 'cat >~/note; echo You are online >&2; sleep 60', recipe);
  t.is((await session.running.ended).code, 0);
  t.is(note(session), 'a message to juliet@a.example.test');
});

test('what a program prints is no claim', async (t) => {
  const session = await operated(t, `echo '{"result":"online"}'`, { terminal: false });
  t.is((await session.running.ended).code, 0);
  t.deepEqual(session.claims(), []);
});

test('files have their mode and their values; without a host the lines that need one are not there', async (t) => {
  const files = {
    'a/b.ini': 'server={host}\nport={port}\njid={jid}',
    'c.xml': { text: '<p>{password}</p>', mode: '640' },
  };
  const command = ['sh', '-c', 'echo "$@" >~/note', 'sh', ['-j', '{host}:{port}'], '{jid}'];
  const there = await operated(t, '', { terminal: false, files, command }, { password: '<&">{jid}' });
  await there.running.ended;
  t.is(note(there, 'a/b.ini'), 'server=127.0.0.1\nport=5222\njid=juliet@a.example.test');
  t.is(note(there, 'c.xml'), '<p>&#60;&#38;&#34;&#62;{jid}</p>');
  t.is(
    execFileSync('ls', ['-l', noted(there, 'c.xml')])
      .toString()
      .slice(0, 10),
    '-rw-r-----',
  );
  t.is(note(there), '-j 127.0.0.1:5222 juliet@a.example.test');
  const byDns = await operated(t, '', { terminal: false, files, command }, { via: 'dns' });
  await byDns.running.ended;
  t.is(note(byDns, 'a/b.ini'), 'jid=juliet@a.example.test');
  t.is(note(byDns), 'juliet@a.example.test');
});

const withSqlite = spawnSync('sqlite3', ['-version']).error === undefined ? test : test.skip;
withSqlite('a file that is SQL becomes a database (needs sqlite3)', async (t) => {
  const text = "CREATE TABLE a (b, c);\nINSERT INTO a VALUES ('{password}', '{host}');\nINSERT INTO a VALUES (1, 2);";
  const files = { 'x/y.db': { text, sqlite: true } };
  const told = { password: "it's; DROP TABLE a", via: 'dns' as const };
  const session = await operated(t, `sqlite3 ~/x/y.db 'SELECT * FROM a' >~/note`, { terminal: false, files }, told);
  t.is((await session.running.ended).code, 0);
  t.is(note(session), '1|2', 'and the line that needs a host is not there');
  const broken = await operated(t, 'touch ~/note', {
    terminal: false,
    files: { 'y.db': { text: 'CREATE', sqlite: true } },
  });
  t.is((await broken.running.ended).code, 1);
  t.regex(broken.running.stderrTail(), /y\.db could not be made: .*incomplete input/);
});

onLinux('who must not be root is not, and owns its files', async (t) => {
  const session = await operated(t, 'id -u >~/note', { unprivileged: true, terminal: false });
  const { code } = await session.running.ended;
  if (code !== 0) return t.regex(session.running.stderrTail(), /unshare/, 'where user namespaces are forbidden');
  t.not(note(session), '0');
});

const withDisplay = spawnSync('Xvfb', ['-help']).error === undefined && CAN ? test : test.skip;
withDisplay('an X display of its own, which is gone afterwards (needs Xvfb)', async (t) => {
  const script = 'echo "$DISPLAY" >~/note; test -S "/tmp/.X11-unix/X$(echo "$DISPLAY" | tr -d :)"';
  const session = await operated(t, script, { display: true, terminal: false });
  t.deepEqual(await session.running.ended, { code: 0, signal: null }, session.running.stderrTail());
  t.false(existsSync(`/tmp/.X11-unix/X${note(session).slice(1)}`));
});

test('a program that is not there is a sentence', async (t) => {
  await t.throwsAsync(operated(t, '', { command: ['no-such-program'] }), {
    message: 'no-such-program is not installed',
  });
});
