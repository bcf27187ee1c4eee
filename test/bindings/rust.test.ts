/** The binding for Rust, in `cargo test`. The standard library has no TLS: the client is a process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { can, folder, GONE, ROOT, run, wasEnded } from './support.ts';

const found = can('cargo', '--version');
const check = found ? test.serial : test.serial.skip;
const title = (what: string) => (found ? what : `${what} (needs cargo)`);

let target: string;
test.before(async () => {
  target = await mkdtemp(join(tmpdir(), 'mallory-cargo-'));
});
test.after.always(() => rm(target, { recursive: true, force: true }));

const cargo = (patterns: string, words: string[] = [], env: NodeJS.ProcessEnv = {}, dies = false) =>
  run(['cargo', 'test', '--offline', '--quiet', '--test', 'tls', '--', ...words], {
    cwd: join(ROOT, 'test/bindings/rust'),
    env: { CARGO_TARGET_DIR: target, MALLORY_PATTERNS: patterns, ...env },
    dies,
  });

check(title('each scenario over each transport is a test, and a filter takes some of them'), async (t) => {
  const some = 'control/* certificate/wrong-name stripping/starttls-removed-plain-only';
  const { status, output } = await cargo(some, ['starttls']);
  t.is(status, 0, output);
  t.regex(output, /^test certificate\/wrong-name\[starttls,ip\] \.\.\. ok$/m);
  t.regex(output, /^test control\/stay\[starttls,ip\] \.\.\. ignored, the client says that it does not support/m);
  t.regex(output, /^test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out$/m);
  const one = await cargo(some, ['--list', '--exact', 'control/login[direct,ip]']);
  t.regex(one.output, /^control\/login\[direct,ip\]: test$/m);
  t.notRegex(one.output, /stay/);
});

check(title('a finding, a known failure, and one that is known and passes'), async (t) => {
  const faulty = await cargo(
    'certificate/wrong-name certificate/self-signed',
    ['self-signed[direct', 'wrong-name[starttls'],
    {
      MALLORY_FAULT: '--insecure',
    },
  );
  t.is(faulty.status, 101, faulty.output);
  t.regex(faulty.output, /^fail: A certificate for a domain that has nothing to do with it$/m);
  t.regex(faulty.output, /\[password-to-untrusted, must\]\n {2}mallory: present on .*\n {2}client -> <auth /);
  t.regex(faulty.output, /RFC 7590, section 3.4/);
  t.regex(faulty.output, /^again: cargo test -- --exact 'certificate\/wrong-name\[starttls,ip\]'$/m);
  t.regex(faulty.output, /^test certificate\/self-signed\[direct,ip\] \.\.\. ok \(known failure: issue 12\)$/m);

  const correct = await cargo('certificate/self-signed', ['direct']);
  t.is(correct.status, 101, correct.output);
  t.regex(correct.output, /It passes now: delete it from `known` \(issue 12\)/);
});

check(title('a server that dies: a sentence, and no client is left'), async (t) => {
  const pidFile = join(await folder(t), 'pid');
  const { status, output } = await cargo('control/login', ['direct'], { MALLORY_PID_FILE: pidFile }, true);
  t.is(status, 101, output);
  t.regex(output, GONE);
  await wasEnded(t, pidFile);
});

check(title('no server, no such scenario: a sentence each'), async (t) => {
  const none = await cargo('control/login', [], { XMPP_MALLORY: '/nowhere/xmpp-mallory' });
  t.regex(none.output, /xmpp-mallory does not start: .*XMPP_MALLORY holds its command/);
  const wrong = await cargo('certificate/expird');
  t.regex(wrong.output, /xmpp-mallory: No scenario matches "certificate\/expird"; the nearest: certificate\/expired/);
  t.is(wrong.status, 101);
});
