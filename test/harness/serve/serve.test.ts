import test from 'ava';
import type { Answer } from '../../../harness/serve/protocol.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { bind } from './binding.ts';

const verdictOf = (answer: Answer) => ('result' in answer ? answer.result.verdict : answer);
const controls = (answers: Answer[]) => answers.filter((one) => 'role' in one && one.role === 'control').length;

test('attempts run side by side, and a control is run once for all who need it', async (t) => {
  const { answers, start, end } = await bind();
  const correct = referenceClient({ patience: 1_000 });
  const faulty = referenceClient({ faults: ['continues-in-clear'] });
  const found = await Promise.all([
    start(1, { start: 'stripping/starttls-removed-scram' }, correct),
    start(2, { start: 'certificate/expired' }, correct),
    start(3, { start: 'certificate/expired', tls: 'direct' }, correct),
    start('four', { start: 'stripping/starttls-removed-scram', via: 'ip' }, faulty),
  ]);
  t.deepEqual(found.map(verdictOf), ['pass', 'pass', 'pass', 'fail']);
  const [, , , fourth] = found;
  t.true(fourth !== undefined && 'result' in fourth && (fourth.result.transcript?.length ?? 0) > 10);
  t.deepEqual(answers[0], { serve: 'xmpp-mallory/1', version: '0.1.0' });
  // Two transports, and SCRAM in TLS alone, for the two that offer nothing but that in clear.
  t.is(controls(answers), 3);
  await end();
});

test('a control of one client says nothing of another, and each has its own', async (t) => {
  const { answers, start, end } = await bind();
  const refuses = async () => ({ result: 'refused' }) as const;
  const found = await Promise.all([
    start(1, { start: 'certificate/expired', client: 'good' }, referenceClient()),
    start(2, { start: 'certificate/expired', client: 'never online' }, refuses),
  ]);
  t.deepEqual(found.map(verdictOf), ['pass', 'inconclusive']);
  t.is(controls(answers.filter((one) => 'id' in one && one.id === 1)), 1);
  await end();
});

test('an attempt comes with the environment of a process, and a result with lines for people', async (t) => {
  const { answers, start, end } = await bind();
  const faulty = referenceClient({ faults: ['continues-in-clear'] });
  const answer = await start(1, { start: 'stripping/starttls-removed-scram' }, faulty);
  const attempt = answers.find((one) => 'endpoint' in one);
  t.true(attempt !== undefined && 'endpoint' in attempt);
  if (attempt && 'endpoint' in attempt)
    t.like(attempt.environment, { XMPP_JID: attempt.endpoint.jid, SSL_CERT_DIR: null, HTTPS_PROXY: null });
  const text = 'text' in answer ? answer.text : '';
  t.regex(
    text,
    /^It authenticated in clear with SCRAM-SHA-256. \[authenticated-in-clear, must\]\n {2}mallory: remove/m,
  );
  t.regex(text, /RFC 7590, section 3.1/);
  await end();
});

test('list says what a binding makes its tests of', async (t) => {
  const { say, next, end } = await bind();
  say({ id: 1, list: { patterns: ['control/*'] } });
  const answer = await next((one) => 'scenarios' in one);
  t.true('scenarios' in answer);
  if ('scenarios' in answer) {
    t.deepEqual(
      answer.scenarios.map(({ id, transports, needs }) => [id, transports, needs]),
      [
        ['control/login', ['starttls', 'direct'], []],
        ['control/stay', ['starttls', 'direct'], ['stay']],
      ],
    );
  }
  await end();
});

const mistakes: [object | string, RegExp][] = [
  ['not JSON', /no JSON/],
  [
    { id: 1, start: 'certificate/expird' },
    /No scenario matches "certificate\/expird"; the nearest: certificate\/expired/,
  ],
  [{ id: 1, start: 'stripping/starttls-removed-scram', tls: 'direct' }, /is for starttls only/],
  [{ id: 1, list: { patterns: ['nothing/*'] } }, /No scenario matches/],
  [{ id: 1, done: {} }, /There is no request 1/],
  [{ id: 1, cancel: true }, /There is no request 1/],
  ['x'.repeat(70_000), /more than 65536 characters/],
];
for (const [line, message] of mistakes) {
  test(`a mistake gets a sentence, and the next request an answer: ${JSON.stringify(line).slice(0, 60)}`, async (t) => {
    const { say, next, end } = await bind();
    say(line);
    say({ id: 2, list: { patterns: ['control/login'] } });
    const answer = await next((one) => 'error' in one);
    t.regex('error' in answer ? answer.error.message : '', message);
    await next((one) => 'scenarios' in one);
    await end();
  });
}

test('whoever cancels gets an error, and a control that others wait for is made for them', async (t) => {
  const { start, say, next, end } = await bind();
  let called = 0;
  const silent = async (_: unknown, signal: AbortSignal) => {
    called += 1;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  const first = start(1, { start: 'certificate/expired' }, silent);
  await next((one) => 'endpoint' in one && one.id === 1);
  const second = start(2, { start: 'certificate/self-signed' }, referenceClient());
  say({ id: 1, cancel: true });
  const stop = await next((one) => 'stop' in one);
  t.like(stop, { id: 1, attempt: 1, stop: 'cancelled' });
  t.deepEqual(await first, { id: 1, error: { message: 'cancelled' } });
  t.is(verdictOf(await second), 'pass');
  t.is(called, 1);
  await end();
});

test('a client that does not stop is given up after 2 s, and what it says later is ignored', async (t) => {
  const { start, say, next, end } = await bind({ timeoutMs: 300 });
  const result = start(1, { start: 'control/login' }, () => new Promise(() => undefined));
  const stop = await next((one) => 'stop' in one);
  t.like(stop, { id: 1, attempt: 1, stop: 'limit' });
  t.is(verdictOf(await result), 'inconclusive');
  say({ id: 1, done: { result: 'online' } });
  say({ id: 2, list: {} });
  t.true('scenarios' in (await next((one) => 'id' in one && one.id === 2)));
  await end();
});

test('the end of the input ends everything', async (t) => {
  const { start, next, end } = await bind();
  let aborted = false;
  const result = start(1, { start: 'control/login' }, async (_, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    aborted = true;
  });
  await next((one) => 'endpoint' in one);
  const ended = end();
  t.like(await next((one) => 'stop' in one), { stop: 'cancelled' });
  t.deepEqual(await result, { id: 1, error: { message: 'cancelled' } });
  await ended;
  t.true(aborted);
});

test('an id that is in use is refused', async (t) => {
  const { start, say, next, end } = await bind();
  const result = start(1, { start: 'control/login' }, referenceClient());
  say({ id: 1, start: 'control/login' });
  const answer = await next((one) => 'error' in one);
  t.regex('error' in answer ? answer.error.message : '', /still under way/);
  void result;
  await end();
});
