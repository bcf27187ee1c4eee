import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { killAll, liveGroups, signalGroup } from '../../../harness/client/registry.ts';
import { claim, endpoint, isGone, pids, shell, start, until } from './fixtures.ts';

// In series: killAll reaches every client of this process.
test.serial('killAll leaves nobody, and listens to the exit only while there is somebody', async (t) => {
  const listeners = process.listenerCount('exit');
  const stubborn = shell(`trap '' TERM; sleep 60 & ${claim('$$ $!')}; wait; exec sleep 60`);
  const sessions = await Promise.all([start(t, stubborn), start(t, stubborn)]);
  const all = (await Promise.all(sessions.map(({ firstClaim }) => firstClaim))).flatMap(pids);
  t.is(liveGroups().length, 2);
  t.is(process.listenerCount('exit'), listeners + 1);
  killAll();
  for (const { running } of sessions) t.deepEqual(await running.ended, { code: null, signal: 'SIGKILL' });
  t.true(all.length === 4 && all.every(isGone));
  t.deepEqual(liveGroups(), []);
  t.is(process.listenerCount('exit'), listeners);
});

test.serial('a group that was not started here is never signalled', async (t) => {
  const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const exit = once(stranger, 'exit');
  t.false(signalGroup(stranger.pid ?? 0, 'SIGKILL'));
  stranger.kill('SIGTERM');
  t.deepEqual(await exit, [null, 'SIGTERM']);
});

for (const [way, end] of [
  ['process.exit', 'process.exit(0)'],
  ['an uncaught exception', 'setImmediate(() => { throw new Error("x"); })'],
  ['a signal that is handled', 'process.once("SIGINT", () => process.exit(130)); process.kill(process.pid, "SIGINT")'],
] as const) {
  test.serial(`clients do not outlive ${way}`, async (t) => {
    const script = `
      import { commandClient } from ${JSON.stringify(new URL('../../../harness/client/command.ts', import.meta.url))};
      const command = ['sh', '-c', ${JSON.stringify(`trap '' TERM; ${claim('$$')}; exec sleep 60`)}];
      commandClient({ command, rerun: [] }).start(${JSON.stringify(endpoint())}, ({ claim }) => {
        if (!claim) return;
        process.stdout.write(claim.reason);
        ${end};
      });`;
    const words = ['--import=tsx', '--input-type=module', '-e', script];
    const run = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    run.stdout.on('data', (chunk) => {
      output += chunk;
    });
    await once(run, 'close');
    const pid = Number(output);
    t.true(pid > 1);
    await until(() => isGone(pid));
  });
}
