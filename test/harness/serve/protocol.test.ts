import test from 'ava';
import { lineReader } from '../../../harness/serve/lines.ts';
import { BadRequest, readRequest } from '../../../harness/serve/protocol.ts';
import { randomFrom } from '../../../src/interceptor/random.ts';

const good: [string, object][] = [
  ['{"id":1,"list":{"patterns":["stripping/*"]}}', { id: 1, type: 'list', patterns: ['stripping/*'] }],
  ['{"id":"a","list":{}}', { id: 'a', type: 'list', patterns: [] }],
  ['{"id":2,"start":"a/b"}', { id: 2, type: 'start', scenario: 'a/b', transport: 'starttls', via: 'ip' }],
  ['{"id":2,"start":"a/b","tls":"direct","via":"host"}', { transport: 'direct', via: 'host' }],
  ['{"id":2,"start":"a/b","client":"slixmpp"}', { client: 'slixmpp' }],
  ['{"id":2,"done":{}}', { id: 2, type: 'done', claim: null }],
  ['{"id":2,"done":{"result":"online","else":1}}', { id: 2, type: 'done', claim: { result: 'online' } }],
  ['{"id":2,"cancel":true}', { id: 2, type: 'cancel' }],
];
for (const [line, request] of good) test(line, (t) => t.like(readRequest(line), request));

const bad: [string, number | string | null, RegExp][] = [
  ['', null, /no JSON/],
  ['{"id":1', null, /no JSON/],
  ['[]', null, /one JSON object/],
  ['null', null, /one JSON object/],
  ['{"start":"a/b"}', null, /"id"/],
  ['{"id":1.5,"start":"a/b"}', null, /"id"/],
  ['{"id":"","start":"a/b"}', null, /"id"/],
  ['{"id":1}', 1, /one of "list"/],
  ['{"id":1,"start":"a/b","cancel":true}', 1, /one of "list"/],
  ['{"id":1,"list":[]}', 1, /"list" is an object/],
  ['{"id":1,"list":{"patterns":[1]}}', 1, /"list" is an object/],
  ['{"id":1,"start":7}', 1, /id of a scenario/],
  ['{"id":1,"start":"a/b","tls":"quic"}', 1, /"tls" is/],
  ['{"id":1,"start":"a/b","via":"dns"}', 1, /"via" is/],
  ['{"id":1,"start":"a/b","client":7}', 1, /"client" is/],
  ['{"id":1,"done":"yes"}', 1, /"done" is an object/],
  ['{"id":1,"cancel":1}', 1, /"cancel" is true/],
  ['{"id":1,"__proto__":{"start":"a/b"}}', 1, /one of "list"/],
];
for (const [line, id, message] of bad) {
  test(`refused: ${line || 'nothing'}`, (t) => {
    const error = t.throws(() => readRequest(line), { instanceOf: BadRequest, message });
    t.is(error?.id, id);
  });
}

test('lines come whole, however they are cut, and one that is too long is left out', (t) => {
  const input = Buffer.from(`one\r\n\n${'x'.repeat(40)}\ntw\u00f6\n${'y'.repeat(11)}\nlast`);
  for (const size of [1, 2, 3, 7, input.length]) {
    const seen: string[] = [];
    const lines = lineReader(
      10,
      (line) => seen.push(line),
      () => seen.push('(overlong)'),
    );
    for (let at = 0; at < input.length; at += size) lines.write(input.subarray(at, at + size));
    lines.end();
    t.deepEqual(seen, ['one', '(overlong)', 'tw\u00f6', '(overlong)', 'last']);
  }
});

test('whatever comes, it is a request or a sentence', (t) => {
  const seeds = good.map(([line]) => line);
  const random = randomFrom('serve');
  const pick = (count: number) => Math.floor(random() * count);
  let read = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const octets = Buffer.from(seeds[pick(seeds.length)] ?? '');
    for (let change = pick(4); change >= 0; change -= 1) octets[pick(octets.length)] = pick(256);
    try {
      readRequest(octets.toString());
      read += 1;
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
    }
  }
  t.true(read > 0 && read < 5_000, `${read}`);
});
