/** What is read of a ClientHello, and what is none. */
import test from 'ava';
import { readClientHello } from '../../../src/tls/client-hello.ts';
import { versionName } from '../../../src/tls/names.ts';
import { compose, helloOf, message, record, refragment } from './composed-hello.ts';
import { captureHello, domain } from './loopback.ts';

const modern = await captureHello({ servername: domain, ALPNProtocols: ['xmpp-client'] });
const old = await captureHello({
  servername: domain,
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.2',
  ciphers: 'ECDHE-ECDSA-AES128-SHA:AES256-SHA:@SECLEVEL=0',
});

test("Node's hello is understood", (t) => {
  const hello = helloOf(modern);
  t.is(hello.legacyVersion, 0x0303);
  t.deepEqual(hello.versions, [0x0304, 0x0303]);
  t.is(hello.serverName, domain);
  t.deepEqual(hello.alpn, ['xmpp-client']);
  t.true(hello.cipherSuites.includes(0x1301));
  t.true(hello.groups.includes(29));
  t.true(hello.signatureAlgorithms.includes(0x0403));
  t.deepEqual(hello.compressionMethods, [0]);
  t.true(hello.extendedMasterSecret && hello.renegotiationInfo && hello.sessionTicket);
  t.false(hello.preSharedKey || hello.earlyData);
});

test('a hello without supported_versions offers all versions up to its own', (t) => {
  const hello = helloOf(old);
  t.deepEqual(hello.versions, [0x0303, 0x0302, 0x0301]);
  t.deepEqual(hello.cipherSuites, [0xc009, 0x0035, 0x00ff]);
  t.true(hello.renegotiationInfo);
});

for (const size of [1, 2, 3, 4, 5, 100]) {
  test(`a hello in records of ${size}`, (t) => {
    const octets = refragment(modern, size);
    const read = readClientHello(Buffer.concat([octets, Buffer.from('more')]));
    t.deepEqual(read, { type: 'hello', hello: helloOf(modern), length: octets.length, tickets: [] });
  });
}

test('tickets and PSK identities by their first 16 octets', (t) => {
  const read = (...extensions: [number, string][]) => {
    const got = readClientHello(compose(0x0303, [1], extensions));
    return got.type === 'hello' ? got.tickets : got.type;
  };
  const identity = (octet: string) => `0014${octet.repeat(20)}01020304`;
  t.deepEqual(read([35, '']), [], 'an empty ticket asks for one');
  t.deepEqual(read([35, 'a1'.repeat(20)]), ['a1'.repeat(16)]);
  t.deepEqual(read([41, `0034${identity('b2')}${identity('c3')}`]), ['b2'.repeat(16), 'c3'.repeat(16)]);
  t.deepEqual(read([41, 'ffff0014aabb']), [], 'cut short');
});

for (const [title, octets] of [
  ['in one record', modern],
  ['in records of 7', refragment(modern, 7)],
] as const) {
  test(`every beginning of a hello ${title} needs more`, (t) => {
    for (let length = 0; length < octets.length; length += 1) {
      t.deepEqual(readClientHello(octets.subarray(0, length)), { type: 'need-more' }, String(length));
    }
  });
}

const notTls: [string, string, Buffer][] = [
  ['a stream header', 'xml', Buffer.from("<?xml version='1.0'?><stream:stream")],
  ['white space, and a stream header to come', 'xml', Buffer.from(' \n')],
  ['a hello of SSL 2.0', 'sslv2-hello', Buffer.from('802e0100020015000000100100800300800700c0', 'hex')],
  ['a hello of TLS in the format of SSL 2.0', 'sslv2-hello', Buffer.from('803a0103010021000000100000350000', 'hex')],
  ['an alert', 'other', Buffer.from('15030100020100', 'hex')],
  ['another message of the handshake', 'other', Buffer.from('160301000402000000', 'hex')],
  ['a record of another protocol version', 'other', Buffer.from('1604000100', 'hex')],
  ['HTTP', 'other', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['octets with the high bit', 'other', Buffer.from('ffffffffff', 'hex')],
  ['an empty record', 'malformed', Buffer.from('1603010000', 'hex')],
  ['a record that is too long', 'malformed', Buffer.from('1603014001', 'hex')],
  [
    'another record in between',
    'malformed',
    Buffer.concat([refragment(modern, 50).subarray(0, 55), modern.fill(21, 0, 0), Buffer.from('1503010002', 'hex')]),
  ],
  ['an empty hello', 'malformed', record(message(Buffer.alloc(0)))],
  [
    'octets after the extensions',
    'malformed',
    record(message(Buffer.concat([compose(0x0303, [1], []).subarray(9), Buffer.of(0)]))),
  ],
  [
    'suites beyond the end',
    'malformed',
    record(message(Buffer.concat([Buffer.of(3, 3), Buffer.alloc(32), Buffer.of(0, 0xff, 0xff)]))),
  ],
];

for (const [title, why, octets] of notTls) {
  test(`${title} is no TLS: ${why}`, (t) => t.deepEqual(readClientHello(octets), { type: 'not-tls', why } as never));
}

test('a giant hello is too large, by its own statement and by what came', (t) => {
  const announced = record(message(Buffer.alloc(1000), 65_537));
  t.deepEqual(readClientHello(announced), { type: 'too-large' });
  t.deepEqual(readClientHello(record(message(Buffer.alloc(500), 600)), 300), { type: 'too-large' });
  t.deepEqual(readClientHello(refragment(record(message(Buffer.alloc(290), 299)), 1), 300), { type: 'too-large' });
});

test('no cut and no changed octet makes it throw', (t) => {
  for (let at = 0; at < modern.length; at += 1) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const changed = Buffer.from(modern);
      changed[at] = value;
      t.notThrows(() => readClientHello(changed));
    }
  }
});

test('GREASE is left out everywhere, and noticed', (t) => {
  const hello = helloOf(
    compose(
      0x0303,
      [0x1a1a, 0x1301],
      [
        [0x0a0a, ''],
        [10, '00043a3a001d'],
        [13, '00048a8a0403'],
        [16, '0006' + '025a5a' + '026832'],
        [43, '042a2a0304'],
        [0xfafa, '00'],
      ],
    ),
  );
  t.deepEqual(hello.cipherSuites, [0x1301]);
  t.deepEqual(hello.groups, [29]);
  t.deepEqual(hello.signatureAlgorithms, [0x0403]);
  t.deepEqual(hello.alpn, ['h2']);
  t.deepEqual(hello.versions, [0x0304]);
  t.deepEqual(hello.extensions, [10, 13, 16, 43]);
  t.true(hello.grease);
  t.false(helloOf(modern).grease);
});

for (const [version, versions] of [
  [0x0300, [0x0300]],
  [0x0301, [0x0301]],
  [0x0304, [0x0303, 0x0302, 0x0301]],
] as const) {
  test(`${versionName(version)} without extensions`, (t) => {
    const hello = helloOf(compose(version, [0x0035], null));
    t.deepEqual(hello.versions, [...versions]);
    t.deepEqual(hello.extensions, []);
    t.is(hello.serverName, null);
    t.false(hello.extendedMasterSecret || hello.renegotiationInfo);
  });
}

test('unsound extensions are for the TLS stack to judge', (t) => {
  const hello = helloOf(
    compose(
      0x0303,
      [0x1301],
      [
        [0, 'ffff'],
        [10, '00'],
        [16, '0005ff'],
        [43, ''],
      ],
    ),
  );
  t.deepEqual([hello.serverName, hello.groups, hello.alpn, hello.versions], [null, [], [], []]);
});
