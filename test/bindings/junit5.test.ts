/** The binding for JUnit 5, with clients in Java, in JUnit's console launcher. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { can, folder, GONE, ROOT, run, wasEnded } from './support.ts';

const JARS = ['jupiter-api', 'jupiter-engine', 'platform-commons', 'platform-engine', 'platform-launcher']
  .concat('platform-console', 'platform-reporting')
  .map((name) => `/usr/share/java/junit-${name}.jar`)
  .concat(
    ['opentest4j', 'apiguardian-api', 'picocli', 'univocity-parsers'].map((name) => `/usr/share/java/${name}.jar`),
  );
const found = can('javac', '-version') && existsSync('/usr/share/java/junit-platform-console.jar');
const check = found ? test.serial : test.serial.skip;
const title = (what: string) => (found ? what : `${what} (needs junit5 and default-jdk-headless)`);

const cwd = join(ROOT, 'test/bindings/junit5');
let classes: string;
test.before(async (t) => {
  classes = await mkdtemp(join(tmpdir(), 'mallory-junit-'));
  if (!found) return;
  const binding = ['Mallory', 'Json'].map((name) => join(ROOT, `harness/bindings/junit5/mallory/${name}.java`));
  const words = ['-Xlint:all,-path', '-Werror', '-d', classes, '-cp', JARS.join(':'), ...binding];
  const compiled = await run(['javac', ...words, 'TlsTest.java', 'Client.java'], { cwd });
  t.is(compiled.status, 0, compiled.output);
});
test.after.always(() => rm(classes, { recursive: true, force: true }));

const junit = (tag: string, env: NodeJS.ProcessEnv = {}, dies = false, properties: string[] = []) => {
  const path = [classes, ...JARS].join(':');
  const launcher = ['org.junit.platform.console.ConsoleLauncher', '--disable-banner', '--disable-ansi-colors'];
  const how = [
    '--details-theme',
    'ascii',
    '--config',
    'junit.jupiter.execution.parallel.enabled=true',
    '--select-class',
    'TlsTest',
    '-t',
    tag,
  ];
  return run(['java', ...properties, '-cp', path, ...launcher, ...how], { cwd, env, dies });
};

check(title('each scenario over each transport is a test, in parallel'), async (t) => {
  const { status, output } = await junit('function | command');
  t.is(status, 0, output);
  t.regex(output, /certificate\/wrong-name\[starttls,ip\] \[OK\]/);
  t.regex(output, /certificate\/expired\[starttls,ip\] \[OK\]/);
  t.regex(output, /control\/stay\[starttls,ip\] \[A\] the client says that it does not support to stay online/);
});

check(title('a finding, a known failure, and one that is known and passes'), async (t) => {
  const faulty = await junit('function | known', { MALLORY_FAULT: '--insecure' });
  t.is(faulty.status, 1, faulty.output);
  t.regex(faulty.output, /fail: A certificate for a domain that has nothing to do with it/);
  t.regex(faulty.output, /\[password-to-untrusted, must\]\s+mallory: present on .*\s+client -> <auth /);
  t.regex(faulty.output, /RFC 7590, section 3.4/);
  t.regex(faulty.output, /again: -Dmallory=certificate\/wrong-name\[starttls,ip\], with the test TlsTest#function/);
  t.regex(faulty.output, /certificate\/self-signed\[direct,ip\] \[A\] known failure: issue 12/);

  const correct = await junit('known');
  t.is(correct.status, 1, correct.output);
  t.regex(correct.output, /It passes now: delete it from known \(issue 12\)/);
});

check(title('one key alone'), async (t) => {
  const { output } = await junit('function', {}, false, ['-Dmallory=control/login[starttls,ip]']);
  t.regex(output, /\[ +1 tests successful/);
});

check(title('a server that dies: a sentence, and no client is left'), async (t) => {
  const pidFile = join(await folder(t), 'pid');
  const { status, output } = await junit('silent', { MALLORY_PID_FILE: pidFile }, true);
  t.is(status, 1, output);
  t.regex(output, GONE);
  await wasEnded(t, pidFile);
});

check(title('no server, no such scenario: a sentence each'), async (t) => {
  const none = await junit('known', { XMPP_MALLORY: '/nowhere/xmpp-mallory' });
  t.regex(none.output, /xmpp-mallory does not start: .*XMPP_MALLORY holds its command/);
  const wrong = await junit('pattern');
  t.regex(wrong.output, /xmpp-mallory: No scenario matches "certificate\/expird"; the nearest: certificate\/expired/);
  t.is(wrong.status, 1);
});
