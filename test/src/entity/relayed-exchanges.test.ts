import test from 'ava';
import { countExchanges } from '../../../src/entity/relayed-exchanges.ts';

const record = (type: number, length = 40) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 255]), Buffer.alloc(length, type)]);
const [CHANGE, ALERT, HANDSHAKE, DATA] = [20, 21, 22, 23].map((type) => record(type));

/** `c` and `s` tell who sends; each octet by itself, or in one piece. */
function count(rows: [who: 'c' | 's', ...records: (Buffer | undefined)[]][], pieces: number): number {
  const exchanges = countExchanges();
  for (const [who, ...records] of rows) {
    const octets = Buffer.concat(records.filter((one) => one !== undefined));
    for (let at = 0; at < octets.length; at += pieces) {
      const piece = octets.subarray(at, at + pieces);
      if (who === 'c') exchanges.fromClient(piece);
      else exchanges.fromServer(piece);
    }
  }
  return exchanges.count();
}

const tls13 = [
  ['c', HANDSHAKE],
  ['s', HANDSHAKE, CHANGE, DATA, DATA],
  ['c', CHANGE, DATA],
] as [['c', Buffer], ['s', Buffer], ['c', Buffer]];
const tls12 = [
  ['c', HANDSHAKE],
  ['s', HANDSHAKE, HANDSHAKE],
  ['c', HANDSHAKE, CHANGE, HANDSHAKE],
  ['s', CHANGE, HANDSHAKE],
] as typeof tls13;

for (const pieces of [1, 3, 10_000]) {
  test(`in pieces of ${pieces}`, (t) => {
    for (const handshake of [tls13, tls12]) {
      t.is(count(handshake, pieces), 0);
      t.is(count([...handshake, ['c', ALERT]], pieces), 0);
      t.is(count([...handshake, ['s', DATA, DATA]], pieces), 0, 'tickets are no answer');
      t.is(count([...handshake, ['c', DATA]], pieces), 0);
      t.is(count([...handshake, ['c', DATA], ['s', DATA]], pieces), 1);
      t.is(count([...handshake, ['c', DATA, DATA], ['s', DATA, DATA], ['c', DATA], ['s', DATA]], pieces), 2);
    }
  });
}

test('what is no TLS counts nothing', (t) => {
  t.is(
    count(
      [
        ['c', Buffer.from('<stream:stream>'.repeat(100))],
        ['s', Buffer.from('<x/>'.repeat(1_000))],
      ],
      7,
    ),
    0,
  );
});
