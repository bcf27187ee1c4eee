/** What a confined client sees, and what is left of it. Needs root, or unprivileged user namespaces: skipped elsewhere. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { RunningClient } from '../../../harness/client/client.ts';
import { commandClient } from '../../../harness/client/command.ts';
import { openConfinement } from '../../../harness/confine/confine.ts';
import { openNetwork, type Privilege } from '../../../harness/confine/network.ts';
import { openRoom, type Room } from '../../../harness/confine/room.ts';
import { runScenarios } from '../../../harness/index.ts';
import { writeCaFile } from '../../../harness/run/ca-file.ts';
import { makeDirectory, removeStale } from '../../../harness/run/directory.ts';
import { createAuthority } from '../../../src/pki/authority.ts';
import type { Happening } from '../../../src/transcript.ts';
import { endpoint, until } from '../client/fixtures.ts';
import { ways } from './privileges.ts';

const confined = ways.length > 0 ? test : test.skip;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-confine-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function room(t: ExecutionContext, privilege: Privilege = ways[0] ?? 'root'): Promise<Room> {
  const network = await openNetwork(privilege);
  t.teardown(network.close);
  const opened = await openRoom(network, privilege, join(await folder(t), 'a room'));
  t.teardown(opened.close);
  return opened;
}

/** What a script of the shell prints inside. */
function inside(where: Room, script: string): Promise<string> {
  const [program = '', ...words] = where.words(['sh', '-c', script]);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: '' };
  return new Promise((resolve) => execFile(program, words, { env }, (_, stdout, stderr) => resolve(stdout + stderr)));
}

interface Started {
  running: RunningClient;
  happenings: Happening[];
}

async function start(t: ExecutionContext, where: Room, ...command: string[]): Promise<Started> {
  const happenings: Happening[] = [];
  const stateDir = await folder(t);
  const client = commandClient({ command, rerun: [] });
  const running = client.start(endpoint({ stateDir }), (one) => happenings.push(one), 'attack', where);
  t.teardown(running.terminate);
  return { running, happenings };
}

const claimed = ({ happenings }: Started) => until(() => happenings.some(({ type }) => type === 'claim'));
/** Runs the script that follows in a session of its own. */
const LEAVE = ['sh', '-c', 'setsid sh -c "$0" & exit 3'];
const CLAIM = `echo '{"result":"online"}'`;

confined('each of those who enter at once has a trust store of its own', async (t) => {
  const confinement = await openConfinement(await folder(t));
  const rooms = await Promise.all(Array.from({ length: 5 }, confinement.enter));
  t.teardown(async () => {
    await Promise.all(rooms.map(confinement.leave));
    await confinement.close();
  });
  const [authority, files] = await Promise.all([createAuthority(), folder(t)]);
  const own = rooms.map((where, n) => ({
    where,
    file: join(files, `${n}.pem`),
    text: `${n}\n${authority.caPem.trim()}`,
  }));
  await Promise.all(own.map(({ file, text }) => writeFile(file, text)));
  await Promise.all(own.map(({ where, file }) => where.trust(file)));
  const seen = await Promise.all(rooms.map((where) => inside(where, 'cat /etc/ssl/certs/ca-certificates.crt')));
  t.deepEqual(
    seen.map((text) => text.trim()),
    own.map(({ text }) => text),
  );
});

for (const privilege of ways) {
  test(`${privilege}: no route leads out, and the ports are free`, async (t) => {
    const where = await room(t, privilege);
    const listen = `for (const port of [53, 5222, 5223, 5269]) {
      require('net').createServer().listen(port, '127.0.0.1', function () { console.log(port); this.close(); });
    }
    require('net').connect(80, '192.0.2.1').on('error', (error) => console.log(error.code));`;
    const said = await inside(where, `exec ${process.execPath} -e "${listen}"`);
    t.deepEqual(said.trim().split('\n').sort(), ['5222', '5223', '5269', '53', 'ENETUNREACH']);
  });

  test(`${privilege}: the system's files are ours, and the user is the same`, async (t) => {
    const where = await room(t, privilege);
    const { caPem } = await createAuthority();
    const caFile = join(await folder(t), 'ca.pem');
    await writeCaFile(caFile, [caPem]);
    await where.trust(caFile);
    t.regex(await inside(where, 'cat /etc/resolv.conf'), /^nameserver 127\.0\.0\.1$/m);
    t.regex(await inside(where, 'grep ^hosts: /etc/nsswitch.conf'), /^hosts: files dns\n$/);
    t.is((await inside(where, 'cat /etc/ssl/certs/ca-certificates.crt')).trim(), caPem.trim());
    const store = (await inside(where, 'ls /etc/ssl/certs')).trim().split('\n');
    const [hashed = '', ...named] = store.sort((a, b) => Number(b.endsWith('.0')) - Number(a.endsWith('.0')));
    t.regex(hashed, /^[0-9a-f]{8}\.0$/);
    t.deepEqual(named.sort(), ['ca-bundle.crt', 'ca-certificates.crt', 'test-ca-1.pem']);
    t.is((await inside(where, 'id -u; pwd')).trim(), `${process.getuid?.()}\n${process.cwd()}`);
    t.true(Number(await inside(where, 'ls -d /proc/[0-9]* | wc -l')) <= 4, 'process 1, sh, ls and wc');
  });

  test(`${privilege}: a socket that is served from outside is reached inside only`, async (t) => {
    const [one, other] = await Promise.all([room(t, privilege), room(t, privilege)]);
    for (const [name, where] of Object.entries({ one, other })) {
      const { server } = await where.network.listen(5222);
      server.on('connection', (socket) => socket.end(name));
      t.teardown(() => void server.close());
    }
    const ask = `exec ${process.execPath} -e "require('net').connect(5222, '127.0.0.1').pipe(process.stdout)"`;
    t.deepEqual(await Promise.all([inside(one, ask), inside(other, ask)]), ['one', 'other']);
  });

  test(`${privilege}: whoever left the group is ended, too, and is asked first`, async (t) => {
    const where = await room(t, privilege);
    const file = join(await folder(t), 'asked');
    const leaver = `trap 'touch ${file}; exit' TERM; ${CLAIM}; while :; do sleep 0.05; done`;
    const started = await start(t, where, ...LEAVE, leaver);
    await claimed(started);
    t.true(where.inhabited());
    await started.running.terminate();
    t.deepEqual(await started.running.ended, { code: 3, signal: null }, 'as the main process ended');
    t.true(existsSync(file));
    t.false(where.inhabited());
  });
}

confined('a client has not ended while a process lives that left its group', async (t) => {
  const started = await start(t, await room(t), 'sh', '-c', 'setsid sleep 0.5 >/dev/null 2>&1 & exit 7');
  const begin = performance.now();
  t.deepEqual(await started.running.ended, { code: 7, signal: null });
  t.true(performance.now() - begin > 450);
});

confined('who ignores SIGTERM in a session of its own is killed', async (t) => {
  const where = await room(t);
  const stubborn = `trap '' TERM; ${CLAIM}; while :; do sleep 0.05; done`;
  const started = await start(t, where, ...LEAVE, stubborn);
  await claimed(started);
  await started.running.terminate();
  t.false(where.inhabited());
});

const endings: [script: string, exit: { code: number | null; signal: string | null }][] = [
  ['exit 77', { code: 77, signal: null }],
  ['kill -SEGV $$', { code: null, signal: 'SIGSEGV' }],
];
for (const [script, exit] of endings) {
  confined(`the end of a client is told as it was: ${script}`, async (t) => {
    const { running } = await start(t, await room(t), 'sh', '-c', script);
    t.deepEqual(await running.ended, exit);
  });
}

confined('a client may end by itself on SIGTERM, and says so', async (t) => {
  const started = await start(
    t,
    await room(t),
    'sh',
    '-c',
    `trap 'exit 5' TERM; ${CLAIM}; while :; do sleep 0.05; done`,
  );
  await claimed(started);
  await started.running.terminate();
  t.deepEqual(await started.running.ended, { code: 5, signal: null });
});

confined('a program that is not there was not started', async (t) => {
  const { running, happenings } = await start(t, await room(t), 'no-such-program');
  await running.ended;
  t.deepEqual(
    happenings.map(({ type }) => type),
    ['not-started'],
  );
});

confined('rooms are new each time, networks are used again', async (t) => {
  const confinement = await openConfinement(await folder(t));
  const first = await confinement.enter();
  await inside(first, 'setsid sleep 60 >/dev/null 2>&1 &');
  await confinement.leave(first);
  const networks = new Set([first.network]);
  for (let n = 0; n < 3; n += 1) {
    const next = await confinement.enter();
    t.false(next.inhabited());
    networks.add(next.network);
    await confinement.leave(next);
  }
  t.is(networks.size, 2, 'the one in use, and a spare one');
  await confinement.close();
  t.false([...networks].some((network) => network.alive()));
});

confined('nothing is left of a run that was killed: no process, and with the next run no file', async (t) => {
  const parent = await folder(t);
  const script = fileURLToPath(new URL('killed.ts', import.meta.url));
  const run = spawn(process.execPath, [`--import=${import.meta.resolve('tsx')}`, script], {
    env: { ...process.env, TMPDIR: parent },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { directory, inside: file } = await new Promise<Record<string, string>>((resolve) =>
    run.stdout.once('data', (line) => resolve(JSON.parse(String(line)))),
  );
  const mark = `mallory-mark-${file}`;
  t.true((await processes()).includes(mark));
  await removeStale(parent);
  t.true(existsSync(directory ?? ''), 'whose owner lives');
  run.kill('SIGKILL');
  while ((await processes()).includes(mark)) await new Promise((resolve) => setTimeout(resolve, 20));
  await removeStale(parent);
  t.false(existsSync(directory ?? ''));
});

test('a function cannot be confined, and a machine without the tools is told what is missing', async (t) => {
  const patterns = ['control/login'];
  await t.throwsAsync(runScenarios({ client: async () => undefined, patterns, confine: true }), {
    message: /^--confine is for clients that are a command/,
  });
  const cli = fileURLToPath(new URL('../../../harness/cli.ts', import.meta.url));
  const words = [
    `--import=${import.meta.resolve('tsx')}`,
    cli,
    'run',
    ...patterns,
    '--confine',
    '--',
    process.execPath,
  ];
  const said = await new Promise<string>((resolve) =>
    execFile(process.execPath, words, { env: { ...process.env, PATH: '/nowhere' } }, (_, _out, stderr) =>
      resolve(stderr),
    ),
  );
  if (process.platform === 'linux') t.regex(said, /^--confine does not work on this machine: .* Install util-linux/m);
});

const processes = () => new Promise<string>((resolve) => execFile('ps', ['axww'], (_, stdout) => resolve(stdout)));

test('a folder of a run that lives is left alone, and so is what is none', async (t) => {
  const directory = await makeDirectory();
  t.teardown(() => rm(directory, { recursive: true }));
  await removeStale();
  t.true(existsSync(directory));
});
