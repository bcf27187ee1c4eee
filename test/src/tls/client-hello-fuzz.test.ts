import test from 'ava';
import { randomFrom } from '../../../src/interceptor/random.ts';
import { createHelloReader, readClientHello } from '../../../src/tls/client-hello.ts';
import { fuzzClientHello, seeds } from '../../fuzz/client-hello.ts';

const ROUNDS = 20_000;

test(`${ROUNDS} mutated hellos are read or refused, and nothing is thrown`, async (t) => {
  const { answers, problems } = fuzzClientHello(await seeds(), ROUNDS, 'test');
  t.deepEqual(problems, []);
  // It would prove nothing if all of them were refused at the first octet.
  for (const answer of ['hello', 'need-more', 'too-large', 'not-tls malformed', 'not-tls other'])
    t.true((answers[answer] ?? 0) >= 20, `${answer}: ${answers[answer]}`);
});

test('the longest hello in the shortest records, each in a segment of its own, costs no more than another', (t) => {
  const message = Buffer.alloc(10_000, 1);
  message.writeUIntBE(20_000, 1, 3);
  const read = createHelloReader();
  const before = process.cpuUsage();
  for (const octet of message) t.is(read(Buffer.from([22, 3, 1, 0, 1, octet])).type, 'need-more');
  const { user, system } = process.cpuUsage(before);
  // Tens of milliseconds; to look at all of it with each segment took 7 s.
  t.true(user + system < 2_000_000, `${user + system} microseconds`);
});

test('in whatever pieces octets come, the answer is the same', async (t) => {
  const random = randomFrom('pieces');
  const [hello = Buffer.alloc(0)] = await seeds();
  for (let round = 0; round < 500; round += 1) {
    const octets = Buffer.from(hello);
    if (round > 0) octets[Math.floor(random() * octets.length)] = Math.floor(random() * 256);
    const read = createHelloReader();
    let got = read(Buffer.alloc(0));
    for (let at = 0; at < octets.length && got.type === 'need-more'; ) {
      const end = at + 1 + Math.floor(random() * 40);
      got = read(octets.subarray(at, end));
      at = end;
    }
    t.deepEqual(got, readClientHello(octets), octets.toString('hex'));
  }
});
