import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { commandClient } from '../../../harness/client/command.ts';
import { explainStartFailure } from '../../../harness/client/start-failure.ts';
import { start } from './fixtures.ts';

for (const [code, wayOut] of [
  ['EMFILE', /--jobs.*ulimit -n/],
  ['ENFILE', /--jobs.*ulimit -n/],
  ['EAGAIN', /--jobs.*ulimit -u/],
  ['ENOMEM', /--jobs/],
  ['ENOEXEC', /first line/],
  ['E2BIG', /spawn E2BIG/],
] as const) {
  test(`${code}: one sentence with a way out`, (t) => {
    const message = explainStartFailure(Object.assign(new Error(`spawn ${code}`), { code }), 'client');
    t.regex(message, /^The command "client" .*\.$/);
    t.regex(message, wayOut);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'mallory-start-'));
writeFileSync(join(folder, 'plain'), 'echo hello');
writeFileSync(join(folder, 'orphan'), '#!/nonexistent/interpreter\n');
chmodSync(join(folder, 'orphan'), 0o755);
test.after.always(() => rmSync(folder, { recursive: true }));

for (const [title, command, message] of [
  ['nowhere in PATH', ['mallory-no-such-command'], /does not exist in PATH/],
  ['a path that leads nowhere', ['./no/such/command'], /does not exist: check the path/],
  ['all words in one', ['node client.js'], /give its words one by one/],
  ['a file here that is not in PATH', ['package.json'], /write "\.\/package\.json"/],
  ['not executable', [join(folder, 'plain')], /is not executable: run "chmod \+x"/],
  ['a directory', [folder], /is a directory/],
  ['no interpreter', [join(folder, 'orphan')], /its interpreter or loader does not/],
  ['a zero octet, which Node refuses at once', ['sh', 'a\0b'], /could not be started: .*null bytes/],
] as const) {
  test(`does not start: ${title}`, async (t) => {
    const { running, happenings } = await start(t, commandClient({ command: [...command], rerun: [] }));
    t.deepEqual(await running.ended, { code: null, signal: null });
    await running.terminate();
    const [happening, ...further] = happenings;
    t.deepEqual(further, []);
    if (happening?.type !== 'not-started') return t.fail(`was ${happening?.type}`);
    t.regex(happening.message, message);
    t.is(running.stderrTail(), '');
  });
}

test('a command without words is refused at once', (t) => {
  t.throws(() => commandClient({ command: [], rerun: [] }), { message: /empty/ });
});
