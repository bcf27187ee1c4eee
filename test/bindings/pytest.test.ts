/** The binding for pytest, with clients in Python, in pytest. */
import { join } from 'node:path';
import test from 'ava';
import { can, folder, GONE, ROOT, run, wasEnded } from './support.ts';

const PYTHON = ['python3', '/usr/bin/python3'].find((one) => can(one, '-c', 'import pytest, xdist, slixmpp'));
const check = PYTHON ? test.serial : test.serial.skip;
const title = (what: string) =>
  PYTHON ? what : `${what} (needs python3-pytest, python3-pytest-xdist and python3-slixmpp)`;

const pytest = (words: string[], env: NodeJS.ProcessEnv = {}, dies = false) =>
  run([PYTHON ?? '', '-m', 'pytest', '-p', 'no:cacheprovider', '-v', '-rA', ...words], {
    cwd: join(ROOT, 'test/bindings/pytest'),
    env: { PYTHONPATH: join(ROOT, 'harness/bindings/pytest'), ...env },
    dies,
  });

check(title('each scenario over each transport is a test, on two workers'), async (t) => {
  const { status, output } = await pytest(['-n', '2', '-k', 'test_command or test_coroutine or test_function']);
  t.is(status, 0, output);
  t.regex(output, /PASSED test_tls.py::test_command\[certificate\/wrong-name\[starttls,ip\]\]/);
  t.regex(output, /PASSED test_tls.py::test_coroutine\[certificate\/expired\[starttls,ip\]\]/);
  t.regex(output, /SKIPPED \[1\] .*the client says that it does not support to stay online/);
  t.regex(output, /4 passed, 2 skipped/);
});

check(title('a finding, a known failure, and one that is known and passes'), async (t) => {
  const words = ['-k', 'test_command and wrong-name or test_known'];
  const faulty = await pytest(words, { MALLORY_FAULT: '--insecure' });
  t.is(faulty.status, 1, faulty.output);
  t.regex(faulty.output, /^fail: A certificate for a domain that has nothing to do with it$/m);
  t.regex(faulty.output, /\[password-to-untrusted, must\]\n {2}mallory: present on .*\n {2}client -> <auth /);
  t.regex(faulty.output, /RFC 7590, section 3.4/);
  t.regex(faulty.output, /^again: pytest 'test_tls.py::test_command\[certificate\/wrong-name\[starttls,ip\]\]'$/m);
  t.regex(faulty.output, /XFAIL test_tls.py::test_known\[certificate\/expired\[direct,ip\]\].*issue 12/);
  t.regex(faulty.output, /2 failed, .*1 xfailed/);

  const correct = await pytest(words);
  t.is(correct.status, 1, correct.output);
  t.regex(correct.output, /FAILED test_tls.py::test_known\[certificate\/expired\[direct,ip\]\]/);
  t.regex(correct.output, /1 failed, 2 passed/);
});

check(title('a server that dies: a sentence, and no client is left'), async (t) => {
  const pidFile = join(await folder(t), 'pid');
  const { status, output } = await pytest(['-k', 'test_silent'], { MALLORY_PID_FILE: pidFile }, true);
  t.is(status, 1, output);
  t.regex(output, GONE);
  await wasEnded(t, pidFile);
});

check(title('no server, no such scenario: a sentence each'), async (t) => {
  const none = await pytest(['-k', 'test_known'], { XMPP_MALLORY: '/nowhere/xmpp-mallory' });
  t.regex(none.output, /xmpp-mallory does not start: .*XMPP_MALLORY holds its command/);
  const wrong = await pytest(['wrong.py']);
  t.regex(wrong.output, /^test_pattern: No scenario matches "certificate\/expird"; the nearest: certificate\/expired/m);
  t.is(wrong.status, 2);
});
