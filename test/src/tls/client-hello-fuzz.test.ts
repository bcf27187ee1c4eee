import test from 'ava';
import { readClientHello } from '../../../src/tls/client-hello.ts';
import { fuzzClientHello, seeds } from '../../fuzz/client-hello.ts';

const ROUNDS = 20_000;

test(`${ROUNDS} mutated hellos are read or refused, and nothing is thrown`, async (t) => {
  const { answers, problems } = fuzzClientHello(await seeds(), ROUNDS, 'test');
  t.deepEqual(problems, []);
  // It would prove nothing if all of them were refused at the first octet.
  for (const answer of ['hello', 'need-more', 'too-large', 'not-tls malformed', 'not-tls other'])
    t.true((answers[answer] ?? 0) >= 20, `${answer}: ${answers[answer]}`);
});

test('the longest hello in the shortest records, octet by octet in small segments, is soon read', (t) => {
  const message = Buffer.alloc(10_000, 1);
  message.writeUIntBE(20_000, 1, 3);
  const records = Buffer.alloc(6 * message.length);
  for (const [at, octet] of message.entries()) records.set([22, 3, 1, 0, 1, octet], 6 * at);
  const before = performance.now();
  for (let length = 0; length < records.length; length += 100) readClientHello(records.subarray(0, length));
  // A few hundred milliseconds; joining the records each time would take minutes.
  t.true(performance.now() - before < 20_000);
});
