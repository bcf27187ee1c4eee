import test from 'ava';
import { countExchanges } from '../../../src/entity/relayed-exchanges.ts';

const record = (type: number) => Buffer.concat([Buffer.from([type, 3, 3, 0, 40]), Buffer.alloc(40, type)]);
const [change, alert, handshake, data] = [record(20), record(21), record(22), record(23)];

type Turn = { by: 'client' | 'server'; octets: Buffer };
const client = (...records: Buffer[]): Turn => ({ by: 'client', octets: Buffer.concat(records) });
const server = (...records: Buffer[]): Turn => ({ by: 'server', octets: Buffer.concat(records) });

const tls13 = [client(handshake), server(handshake, change, data, data), client(change, data)];
const tls12 = [
  client(handshake),
  server(handshake, handshake),
  client(handshake, change, handshake),
  server(change, handshake),
];

function count(turns: Turn[], pieces: number): number {
  const exchanges = countExchanges();
  for (const { by, octets } of turns) {
    for (let at = 0; at < octets.length; at += pieces) {
      const piece = octets.subarray(at, at + pieces);
      if (by === 'client') exchanges.fromClient(piece);
      else exchanges.fromServer(piece);
    }
  }
  return exchanges.count();
}

for (const pieces of [1, 3, 10_000]) {
  test(`in pieces of ${pieces}`, (t) => {
    for (const begin of [tls13, tls12]) {
      const counted = (...rest: Turn[]) => count([...begin, ...rest], pieces);
      t.is(counted(), 0);
      t.is(counted(client(alert)), 0);
      t.is(counted(server(data, data)), 0, 'tickets are no answer');
      t.is(counted(client(data)), 0);
      t.is(counted(client(data), server(data)), 1);
      t.is(counted(client(data, data), server(data, data), client(data), server(data)), 2);
    }
  });
}

test('what is no TLS counts nothing', (t) => {
  t.is(count([client(Buffer.from('<stream:stream>'.repeat(100))), server(Buffer.from('<x/>'.repeat(1_000)))], 7), 0);
});
