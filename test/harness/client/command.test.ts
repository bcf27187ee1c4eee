import { readFile } from 'node:fs/promises';
import test from 'ava';
import { commandClient } from '../../../harness/client/command.ts';
import { claim, endpoint, node, shell, start } from './fixtures.ts';

test('what reports call it', (t) => {
  const plain = commandClient({ command: ['node', 'c.js'], rerun: ['--', 'node', 'c.js'] });
  t.is(plain.label, 'node c.js');
  t.is(plain.version, null);
  t.deepEqual(plain.command, ['node', 'c.js']);
  t.deepEqual(plain.rerun, ['--', 'node', 'c.js']);
  const named = commandClient({ command: ['x'], label: 'slixmpp', version: '1.8', rerun: [] });
  t.is(named.label, 'slixmpp');
  t.is(named.version, '1.8');
});

for (const code of [0, 1, 77, 255]) {
  test(`exit code ${code}`, async (t) => {
    const { running, types } = await start(t, shell(`exit ${code}`));
    t.deepEqual(await running.ended, { code, signal: null });
    t.deepEqual(types(), ['started']);
  });
}

test('a signal', async (t) => {
  const { running } = await start(t, shell('kill -SEGV $$'));
  t.deepEqual(await running.ended, { code: null, signal: 'SIGSEGV' });
});

test('started is recorded before start returns', (t) => {
  const seen: string[] = [];
  const running = shell('exit 0').start(
    endpoint({ stateDir: '/' }),
    (happening) => void seen.push(happening.type),
    'attack',
  );
  t.deepEqual(seen, ['started']);
  return running.ended;
});

test('variables, words, working directory, and nothing to read', async (t) => {
  const script = `
    const { XMPP_DOMAIN, HOME } = process.env;
    const input = require('fs').readFileSync(0, 'utf8');
    const told = [XMPP_DOMAIN, HOME, process.argv[1], process.cwd(), input];
    console.log(JSON.stringify({ result: 'online', reason: told.join() }));`;
  const client = commandClient({ command: [process.execPath, '-e', script, '{jid}'], rerun: [] });
  const { running, claims, stateDir } = await start(t, client);
  await running.ended;
  const told = ['a.example.test', stateDir, 'juliet@a.example.test', process.cwd(), ''];
  t.deepEqual(claims(), [{ result: 'online', reason: told.join() }]);
});

test('the user keeps HOME where wanted', async (t) => {
  const command = ['sh', '-c', claim('$HOME')];
  const { running, claims } = await start(t, commandClient({ command, rerun: [], keepHome: true }));
  await running.ended;
  t.is(claims()[0]?.reason, process.env.HOME);
});

test('a claim is recorded before the end, also without a line feed', async (t) => {
  const { running, claims } = await start(t, shell(`echo noise; ${claim('1')}; printf '{"result":"refused"}'`));
  await running.ended;
  t.deepEqual(claims(), [{ result: 'online', reason: '1' }, { result: 'refused' }]);
});

test('garbage on both streams', async (t) => {
  const { running, types } = await start(t, shell(`printf '\\377\\376{\\n\\000[}\\n'; printf '\\303('>&2`));
  await running.ended;
  t.deepEqual(types(), ['started']);
  t.is(running.stderrTail(), '\u{fffd}(');
});

test('the last 8 KiB of standard error, whole characters only', async (t) => {
  const { running } = await start(t, node(`process.stderr.write('\\u20ac'.repeat(9999) + 'end')`));
  await running.ended;
  // (8192 - 3) / 3 leaves two octets of a character cut in two.
  t.is(running.stderrTail(), `${'\u20ac'.repeat(2_729)}end`);
});

test('a flood is recorded once for each stream, and read to its end', async (t) => {
  const script = `
    const piece = 'x'.repeat(99) + '\\n';
    process.stdout.write(piece.repeat(30_000), () => {
      console.log('{"result":"online"}');
      process.stderr.write(piece.repeat(30_000) + 'end');
    });`;
  const { running, happenings } = await start(t, node(script));
  t.deepEqual(await running.ended, { code: 0, signal: null });
  const [started, ...floods] = happenings;
  t.is(started?.type, 'started');
  t.deepEqual(
    floods.map((flood) => flood.type === 'flood' && flood.stream),
    ['stdout', 'stderr'],
  );
  for (const flood of floods) t.true(flood.type === 'flood' && flood.bytes > 1_048_576 && flood.bytes < 3_000_000);
  t.true(running.stderrTail().endsWith('x\nend'), 'the tail is the end of all of it');
});

test('the output is kept beside the state directory, a MiB of it', async (t) => {
  const { running, stateDir } = await start(t, shell('echo out; head -c 2000000 /dev/zero >&2', { keepOutput: true }));
  await running.ended;
  t.is(await readFile(`${stateDir}.stdout`, 'utf8'), 'out\n');
  t.is((await readFile(`${stateDir}.stderr`)).length, 1_048_576);
});

test('output that cannot be kept harms nobody', async (t) => {
  const { running } = await start(t, shell('echo out; exit 3', { keepOutput: true }), {
    stateDir: '/nonexistent/state',
  });
  t.deepEqual(await running.ended, { code: 3, signal: null });
});
