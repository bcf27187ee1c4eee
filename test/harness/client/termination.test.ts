/** `ended` and `terminate`, for clients that are more than one process or do not want to end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'ava';
import { liveGroups } from '../../../harness/client/registry.ts';
import { zombieWatch } from '../../../harness/client/zombies.ts';
import { claim, isGone, node, pids, shell, start, until } from './fixtures.ts';

const STUBBORN = `trap '' TERM;`;

test('SIGTERM ends a client', async (t) => {
  const { running, firstClaim } = await start(t, shell(`${claim('$$')}; exec sleep 60`));
  const [pid = 0] = pids(await firstClaim);
  t.true(liveGroups().includes(pid));
  await running.terminate();
  t.deepEqual(await running.ended, { code: null, signal: 'SIGTERM' });
  t.true(isGone(pid));
  t.false(liveGroups().includes(pid));
});

test('a client may end by itself on SIGTERM, and says so', async (t) => {
  const script = `
    process.on('SIGTERM', () => { console.log('{"result":"refused"}'); process.exit(5); });
    console.log('{"result":"online"}');
    setInterval(() => {}, 1000);`;
  const { running, firstClaim, claims } = await start(t, node(script));
  await firstClaim;
  await running.terminate();
  t.deepEqual(await running.ended, { code: 5, signal: null });
  t.deepEqual(claims(), [{ result: 'online' }, { result: 'refused' }]);
});

test('SIGKILL ends a client that ignores SIGTERM, after the grace time', async (t) => {
  const { running, firstClaim } = await start(t, shell(`${STUBBORN} ${claim('$$')}; exec sleep 60`));
  const [pid = 0] = pids(await firstClaim);
  const begin = performance.now();
  await running.terminate();
  t.true(performance.now() - begin > 950);
  t.deepEqual(await running.ended, { code: null, signal: 'SIGKILL' });
  t.true(isGone(pid));
});

test('SIGTERM reaches the children, too', async (t) => {
  const { running, firstClaim } = await start(t, shell(`sleep 60 & ${claim('$$ $!')}; wait`));
  const all = pids(await firstClaim);
  await running.terminate();
  t.is(all.length, 2);
  t.true(all.every(isGone));
});

test('children that ignore SIGTERM are killed, whatever became of their parent', async (t) => {
  const stubborn = `(${STUBBORN} exec sleep 60) & a=$!; (${STUBBORN} (sleep 60 & wait) & wait) & ${claim('$$ $a $!')}`;
  const { running, firstClaim } = await start(t, shell(`${STUBBORN} ${stubborn}; trap - TERM; exec sleep 60`));
  const [pid = 0, ...children] = pids(await firstClaim);
  await running.terminate();
  t.deepEqual(await running.ended, { code: null, signal: 'SIGTERM' }, 'as the main process ended');
  t.true([pid, ...children].every(isGone));
  t.false(liveGroups().includes(pid));
});

test('a client has not ended while a process of its group lives', async (t) => {
  const { running, firstClaim } = await start(
    t,
    shell(`sleep 60 </dev/null >/dev/null 2>&1 & ${claim('$$ $!')}; exit 7`),
  );
  const [pid = 0, child = 0] = pids(await firstClaim);
  let ended = false;
  void running.ended.then(() => {
    ended = true;
  });
  await until(() => isGone(pid));
  t.false(ended);
  process.kill(child);
  t.deepEqual(await running.ended, { code: 7, signal: null }, 'as the main process ended');
});

test('what the children say after their parent ended is heard', async (t) => {
  const { running, claims } = await start(
    t,
    node(`
    const { spawn } = require('child_process');
    const script = 'process.on("disconnect", () => console.log(\\'{"result":"online"}\\'))';
    spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      .on('spawn', () => process.exit(3));`),
  );
  t.deepEqual(await running.ended, { code: 3, signal: null });
  t.deepEqual(claims(), [{ result: 'online' }]);
});

test('orphans are terminated', async (t) => {
  const { running, firstClaim } = await start(t, shell(`sleep 60 & ${claim('$$ $!')}`));
  const [pid = 0, child = 0] = pids(await firstClaim);
  await until(() => isGone(pid));
  await running.terminate();
  t.deepEqual(await running.ended, { code: 0, signal: null });
  t.true(isGone(child));
});

/** A node program that starts another in a session of its own, and ends. */
function leaving(program: string, options: string): string {
  return `
    const { spawn } = require('child_process');
    const options = { detached: true, stdio: ['ignore', 'inherit', 'inherit'], ${options} };
    const child = spawn('sh', ['-c', ${JSON.stringify(program)}], options);
    child.unref();
    console.log(JSON.stringify({ result: 'online', reason: String(child.pid) }));`;
}

const onLinux = process.platform === 'linux' ? test : test.skip;
for (const [how, program] of [
  ['', 'exec sleep 60'],
  [', and ignores SIGTERM', `${STUBBORN} while :; do sleep 1; done`],
  [', twice', 'setsid sleep 60 & exec sleep 60'],
] as const) {
  onLinux(`who left the group${how} is ended with it`, async (t) => {
    const { running, firstClaim } = await start(t, node(leaving(program, '')));
    const [left = 0] = pids(await firstClaim);
    t.deepEqual(await running.ended, { code: 0, signal: null });
    t.true(isGone(left));
  });
}

test('who left the group, denies where it comes from, and holds the pipes does not hold up the end', async (t) => {
  const { running, firstClaim } = await start(t, node(leaving('exec sleep 60', 'env: { PATH: process.env.PATH }')));
  const [escaped = 0] = pids(await firstClaim);
  t.teardown(() => process.kill(escaped));
  t.deepEqual(await running.ended, { code: 0, signal: null });
  t.false(isGone(escaped));
});

test('terminate may be called again, at the same time and afterwards', async (t) => {
  const { running, firstClaim } = await start(t, shell(`${claim('')}; exec sleep 60`));
  await firstClaim;
  await Promise.all([running.terminate(), running.terminate()]);
  await running.terminate();
  t.deepEqual(await running.ended, { code: null, signal: 'SIGTERM' });
});

test('terminate right after start', async (t) => {
  const { running } = await start(t, shell('exec sleep 60'));
  await running.terminate();
  t.deepEqual(await running.ended, { code: null, signal: 'SIGTERM' });
});

onLinux('a group of nothing but zombies is empty', async (t) => {
  // Bash gives the job a group of its own, and becomes a program that reaps nobody.
  const script = `set -m; cat & echo $!; exec sh -c 'echo ready; exec sleep 60'`;
  const child = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.teardown(() => child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  const onlyZombies = zombieWatch(pid);
  t.false(onlyZombies());
  t.is((await lines.next()).value, 'ready');
  child.stdin.end();
  await until(onlyZombies);
  t.notThrows(() => process.kill(-pid, 0), 'it still answers');
  child.kill();
  await once(child, 'exit');
});
