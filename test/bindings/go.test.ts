/** The binding for Go, with clients in Go, in `go test`. */
import { join } from 'node:path';
import test from 'ava';
import { can, folder, GONE, ROOT, run, wasEnded } from './support.ts';

const found = can('go', 'version');
const check = found ? test.serial : test.serial.skip;
const title = (what: string) => (found ? what : `${what} (needs golang-go)`);

const go = (tests: string, env: NodeJS.ProcessEnv = {}, dies = false) =>
  run(['go', 'test', '-count=1', '-v', '-run', tests], {
    cwd: join(ROOT, 'test/bindings/go'),
    // Nothing comes from the network.
    env: { GOPROXY: 'off', GOFLAGS: '-mod=mod', ...env },
    dies,
  });

check(title('each scenario over each transport is a parallel subtest'), async (t) => {
  const { status, output } = await go('TestFunction|TestCommand');
  t.is(status, 0, output);
  t.regex(output, /--- PASS: TestFunction\/certificate\/wrong-name\[starttls,ip\]/);
  t.regex(output, /--- PASS: TestCommand\/certificate\/expired\[direct,ip\]/);
  t.regex(output, /--- SKIP: TestFunction\/control\/stay\[starttls,ip\]/);
  t.regex(output, /the client says that it does not support to stay online/);
  t.regex(output, /=== PAUSE TestCommand\/certificate\/expired/);
});

check(title('a finding, a known failure, and one that is known and passes'), async (t) => {
  const faulty = await go('TestFunction/certificate/wrong-name|TestCommand|TestKnown', { MALLORY_FAULT: '--insecure' });
  t.is(faulty.status, 1, faulty.output);
  t.regex(faulty.output, /fail: A certificate for a domain that has nothing to do with it$/m);
  t.regex(faulty.output, /\[password-to-untrusted, must\]\n +mallory: present on .*\n +client -> <auth /);
  t.regex(faulty.output, /RFC 7590, section 3.4/);
  t.regex(
    faulty.output,
    /again: go test -run '\^TestFunction\$\/\^certificate\$\/\^wrong-name\\\[starttls,ip\\\]\$'$/m,
  );
  t.regex(faulty.output, /--- FAIL: TestCommand\/certificate\/expired\[starttls,ip\]/);
  t.regex(faulty.output, /--- SKIP: TestKnown\/certificate\/self-signed\[direct,ip\]/);
  t.regex(faulty.output, /known failure: issue 12\n +fail: A self-signed certificate/);

  const correct = await go('TestKnown');
  t.is(correct.status, 1, correct.output);
  t.regex(correct.output, /It passes now: delete it from Known \(issue 12\)/);
});

check(title('the command for running one again does just that'), async (t) => {
  const { status, output } = await go('^TestFunction$/^certificate$/^wrong-name\\[starttls,ip\\]$');
  t.is(status, 0, output);
  t.is(output.match(/^=== RUN/gm)?.length, 2, output);
});

check(title('a server that dies: a sentence, and no client is left'), async (t) => {
  const pidFile = join(await folder(t), 'pid');
  const { status, output } = await go('TestSilent', { MALLORY_PID_FILE: pidFile }, true);
  t.is(status, 1, output);
  t.regex(output, GONE);
  await wasEnded(t, pidFile);
});

check(title('no server, no such scenario: a sentence each'), async (t) => {
  const none = await go('TestKnown', { XMPP_MALLORY: '/nowhere/xmpp-mallory' });
  t.regex(none.output, /xmpp-mallory does not start: .*XMPP_MALLORY holds its command/);
  const wrong = await go('TestPattern');
  t.regex(wrong.output, /xmpp-mallory: No scenario matches "certificate\/expird"; the nearest: certificate\/expired/);
  t.is(wrong.status, 1);
});
