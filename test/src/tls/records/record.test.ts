import test from 'ava';
import {
  CONTENT_TYPE,
  createMessageReader,
  createRecordReader,
  encodeHandshake,
  encodeMessage,
  encodeRecord,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
  type ReadMessage,
  type ReadRecord,
  TLS_1_2,
} from '../../../../src/tls/records/record.ts';

const octets = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const HELLO: HandshakeMessage = { type: HANDSHAKE_TYPE.serverHello, body: octets('0102030405') };
const DONE: HandshakeMessage = { type: HANDSHAKE_TYPE.serverHelloDone, body: Buffer.alloc(0) };
const ALERT = encodeRecord({ type: CONTENT_TYPE.alert, version: TLS_1_2, fragment: octets('0228') });

/** One reader, fed in pieces of this many octets. */
function records(stream: Buffer, size: number): ReadRecord[] {
  const read = createRecordReader();
  return pieces(stream, size).flatMap((piece) => read(piece));
}

function messages(stream: Buffer, size: number, limit?: number): ReadMessage[] {
  const read = createMessageReader(limit);
  return pieces(stream, size).flatMap((piece) => read(piece));
}

const pieces = (stream: Buffer, size: number) =>
  Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
    stream.subarray(index * size, (index + 1) * size),
  );

const written: [what: string, got: Buffer, hex: string][] = [
  ['an alert', ALERT, '15 0303 0002 0228'],
  [
    'a record that lies about its length',
    encodeRecord({ type: 22, version: 0x0301, fragment: octets('00') }, 9),
    '16 0301 0009 00',
  ],
  ['a message', encodeMessage(HELLO), '02 000005 0102030405'],
  ['two messages in one record', encodeHandshake([HELLO, DONE]), '16 0303 000d 02 000005 0102030405 0e 000000'],
  [
    'a message over records',
    encodeHandshake([DONE], { size: 3, version: 0x0300 }),
    '16 0300 0003 0e0000 16 0300 0001 00',
  ],
  ['nothing', encodeHandshake([]), ''],
];

for (const [what, got, hex] of written)
  test(`writes ${what}`, (t) => {
    t.is(got.toString('hex'), hex.replaceAll(' ', ''));
  });

for (const size of [1, 2, 3, 4, 5, 6, 7, 11, 1000])
  test(`reads what it wrote, in pieces of ${size}`, (t) => {
    const stream = Buffer.concat([encodeHandshake([HELLO, DONE], { size: 4 }), ALERT]);
    const found = records(stream, size).flatMap((one) => (one.type === 'record' ? [one.record] : []));
    t.deepEqual(
      found.map(({ type }) => type),
      [22, 22, 22, 22, 21],
    );
    const handshake = found.filter(({ type }) => type === 22).map(({ fragment }) => fragment);
    t.deepEqual(messages(Buffer.concat(handshake), size), [
      { type: 'message', message: HELLO },
      { type: 'message', message: DONE },
    ]);
  });

const strays: [what: string, stream: Buffer][] = [
  ['XML', Buffer.from('<stream:stream>')],
  ['another content type', octets('19 0303 0001 00')],
  ['another major version', octets('16 0203 0001 00')],
  ['a record that claims too much', octets('16 0303 4801 00')],
];

for (const [what, stream] of strays)
  for (const size of [1, 3, 1000])
    test(`framing ends at ${what}, in pieces of ${size}`, (t) => {
      const found = records(Buffer.concat([ALERT, stream]), size);
      t.is(found[0]?.type, 'record');
      const rest = found.slice(1).map((one) => (one.type === 'stray' ? one.octets : Buffer.from('a record')));
      t.deepEqual(Buffer.concat(rest), stream);
    });

test('an empty record is a record, and an empty fragment no message', (t) => {
  t.is(records(octets('16 0303 0000 16 0303 0000'), 1000).length, 2);
  t.deepEqual(messages(Buffer.alloc(0), 1), []);
});

for (const size of [1, 1000])
  test(`a message beyond the limit is told by its header, in pieces of ${size}`, (t) => {
    const found = messages(Buffer.concat([encodeMessage(DONE), octets('0b 000065'), Buffer.alloc(50)]), size, 100);
    t.deepEqual(found.slice(1), [{ type: 'too-large', claimed: 101 }]);
  });

test('a record of single octets costs no more than one in a piece', (t) => {
  const stream = encodeRecord({ type: 22, version: TLS_1_2, fragment: Buffer.alloc(16_384) });
  const start = performance.now();
  t.is(records(stream, 1).length, 1);
  t.true(performance.now() - start < 500);
});
