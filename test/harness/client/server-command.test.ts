/** A driver of a server as a process: small ones in JavaScript, each wrong in one thing. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { liveGroups } from '../../../harness/client/registry.ts';
import type { LaunchedServer, Returned } from '../../../harness/client/server.ts';
import { commandServer } from '../../../harness/client/server-command.ts';

const onLinux = process.platform === 'linux' ? test : test.skip;

function isAlive(pid: number): boolean {
  try {
    // A zombie, until somebody reaps it, has ended all the same.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

const TRIGGER = {
  id: 1,
  from: 'romeo@own',
  to: 'juliet@far',
  endpoint: { host: '127.0.0.1', port: 9, tls: 'starttls' as const },
};

function launch(
  code: string,
  returned: (one: Returned) => void = () => undefined,
  signal?: AbortSignal,
): Promise<LaunchedServer> {
  const { server } = commandServer({
    command: [process.execPath, '-e', `${READ}${code}`],
    rerun: [],
    policy: 'strict',
  });
  const stateDir = mkdtempSync(join(tmpdir(), 'mallory-server-'));
  const files = { certFile: '/c', keyFile: '/k', caFile: '/ca' };
  return server.launch(
    { domain: 'own.example', ...files, stateDir, dns: '127.0.0.1:53', anchorFile: null, https: null, policy: 'strict' },
    returned,
    signal,
  );
}

/** `on(word => ...)` for each line; ends with its input. */
const READ = `
const say = (word) => console.log(JSON.stringify(word));
const on = (what) => require('readline').createInterface({ input: process.stdin }).on('line', (l) => what(JSON.parse(l)));
`;
const GOOD = `
on(({ trigger, reset }) => {
  if (trigger) say({ sent: trigger.id });
  else say({ reset: reset.id });
});
say({ ready: true, version: [process.env.XMPP_DOMAIN, process.env.XMPP_POLICY, process.env.XMPP_DNS].join() });
`;

test('it is told what to be and what to send, and ends with its input', async (t) => {
  const server = await launch(GOOD);
  t.is(server.ready.version, 'own.example,strict,127.0.0.1:53');
  t.is(await server.trigger(TRIGGER), null);
  await server.reset({ id: 1, domain: 'far' });
  await server.end();
  t.deepEqual(await server.ended, { code: 0, signal: null });
});

test('what it prints besides is no answer', async (t) => {
  const server = await launch(`console.log('hello'); console.log('{"sent":9}'); ${GOOD}`);
  t.is(await server.trigger(TRIGGER), null);
  await server.end();
});

test('it may say that it cannot, that it did not work, and that a stanza came back', async (t) => {
  const returned: Returned[] = [];
  const server = await launch(
    `on(({ trigger, reset }) => {
      if (reset) say({ error: { id: reset.id, message: 'stuck' } });
      else if (trigger.id === 1) say({ unsupported: { id: 1, reason: 'no direct TLS' } });
      else { say({ returned: { id: 2, condition: 'gone' } }); say({ sent: 2 }); }
    }); say({ ready: true });`,
    (one) => returned.push(one),
  );
  t.deepEqual(await server.trigger(TRIGGER), { unsupported: 'no direct TLS' });
  t.is(await server.trigger({ ...TRIGGER, id: 2 }), null);
  t.like(returned[0], { id: 2, condition: 'gone' });
  await t.throwsAsync(server.reset({ id: 2, domain: 'far' }), { message: 'stuck' });
  await server.end();
});

test('one that ends in the middle of a question has ended, and the question is answered', async (t) => {
  const server = await launch(`on(() => process.exit(3)); say({ ready: true });`);
  await t.throwsAsync(server.trigger(TRIGGER), { message: /has ended/ });
  t.deepEqual(await server.ended, { code: 3, signal: null });
});

test('who asks one that has ended does not wait for an answer', async (t) => {
  const server = await launch(`say({ ready: true }); process.exit(3);`);
  await server.ended;
  await t.throwsAsync(server.reset({ id: 1, domain: 'far' }), { message: /has ended/ });
  await t.throwsAsync(server.trigger(TRIGGER), { message: /has ended/ });
});

const unready: [string, string, RegExp][] = [
  [
    'ends before it is ready',
    `console.error('no such module'); process.exit(1)`,
    /ended with status 1 .*no such module/,
  ],
  ['does not know the policy', `process.exit(77)`, /does not support the policy "strict"/],
];
for (const [what, code, message] of unready)
  test(`one that ${what} is told so in a sentence`, async (t) => {
    await t.throwsAsync(launch(code), { message });
  });

test('one that is not ready yet is ended with the run', async (t) => {
  const controller = new AbortController();
  const launched = launch(`setTimeout(() => undefined, 60_000)`, undefined, controller.signal);
  controller.abort();
  await t.throwsAsync(launched, { message: /was ended before it was ready/ });
  await t.throwsAsync(launch(GOOD, undefined, controller.signal), { name: 'AbortError', any: true });
});

onLinux('what leaves its group is ended with it', async (t) => {
  const server = await launch(
    `const { pid } = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    process.stdin.resume(); say({ ready: true, version: String(pid) });`,
  );
  const pid = Number(server.ready.version);
  t.true(isAlive(pid));
  await server.end();
  t.false(isAlive(pid));
});

test('one that is ready does not mind', async (t) => {
  const controller = new AbortController();
  const server = await launch(GOOD, undefined, controller.signal);
  controller.abort();
  t.is(await server.trigger(TRIGGER), null);
  await server.end();
});

test('a program that is not there is told so in a sentence', async (t) => {
  const { server } = commandServer({ command: ['/no/such/driver'], rerun: [] });
  const files = { certFile: '/c', keyFile: '/k', caFile: '/ca', stateDir: tmpdir() };
  await t.throwsAsync(
    server.launch(
      { domain: 'own.example', ...files, dns: null, anchorFile: null, https: null, policy: 'stock' },
      () => undefined,
    ),
    { message: /does not exist/ },
  );
});

test.after('nothing is left of any of them', (t) => t.deepEqual(liveGroups(), []));
