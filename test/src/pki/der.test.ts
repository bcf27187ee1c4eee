import test from 'ava';
import { bitString, children, integer, octetString, oid, sequence, time } from '../../../src/pki/der.ts';
import { address } from '../../../src/pki/names.ts';

const hex = (der: Buffer) => der.toString('hex');

const encodings: [string, Buffer, string][] = [
  ['a small integer', integer(2), '020102'],
  ['an integer never becomes negative', integer(Buffer.of(0x80)), '02020080'],
  ['an OID with arcs of several octets', oid('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
  ['a bit string', bitString(Buffer.of(0x06), 1), '03020106'],
  ['an empty sequence', sequence(), '3000'],
  [
    'the last second of UTCTime',
    time(new Date('2049-12-31T23:59:59.999Z')),
    `170d${hex(Buffer.from('491231235959Z'))}`,
  ],
  [
    'the first of GeneralizedTime',
    time(new Date('2050-01-01T00:00:00Z')),
    `180f${hex(Buffer.from('20500101000000Z'))}`,
  ],
  ['an IPv4 address', address('127.0.0.1'), '87047f000001'],
  ['an IPv6 address', address('2001:db8::1'), '871020010db8000000000000000000000001'],
  ['a host', address('localhost'), `8209${hex(Buffer.from('localhost'))}`],
];

for (const [title, der, expected] of encodings) {
  test(title, (t) => t.is(hex(der), expected));
}

for (const length of [0, 127, 128, 255, 256, 70_000]) {
  test(`a length of ${length} survives`, (t) => {
    const content = octetString(Buffer.alloc(length, 7));
    t.deepEqual(children(sequence(content, integer(1))), [content, integer(1)]);
  });
}
