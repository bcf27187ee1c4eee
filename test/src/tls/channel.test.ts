import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import test from 'ava';
import { cannotSpeak } from '../../../src/tls/capabilities.ts';
import type { ChannelPlan } from '../../../src/tls/channel.ts';
import { authority, captureHello, credentialOf, domain, handshake, nodeClient } from './loopback.ts';

const valid = await credentialOf('valid');
const hello = await captureHello({ servername: domain });

test('TLS 1.3: the facts, and a channel to talk over', async (t) => {
  const client = nodeClient({ ALPNProtocols: ['xmpp-client'] });
  const { log, facts, flight, stream } = await handshake(client.start, { credential: valid });
  t.deepEqual(log, ['flight', 'secured']);
  t.true(flight !== null && flight > valid.flightBytes + 200);
  t.like(facts, {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: 'xmpp-client',
    serverName: domain,
    resumed: false,
    encrypted: true,
    clientCertificate: null,
    tlsUnique: null,
  });
  const other = await client.secure();
  t.deepEqual(facts?.tlsExporter, other.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));
  t.deepEqual(facts?.tlsServerEndPoint, createHash('sha256').update(valid.leafDer).digest());

  stream?.write('<proceed/>');
  t.is(String((await once(other, 'data'))[0]), '<proceed/>');
  other.write('<auth/>');
  t.is(String((await once(stream ?? other, 'data'))[0]), '<auth/>');
  other.destroy();
});

test('TLS 1.2: tls-unique and tls-exporter are the same on both sides', async (t) => {
  const client = nodeClient({ maxVersion: 'TLSv1.2' });
  const { facts } = await handshake(client.start, { credential: valid });
  const other = await client.secure();
  t.is(facts?.version, 'TLSv1.2');
  t.is(facts?.alpn, null);
  t.deepEqual(facts?.tlsUnique, other.getFinished());
  t.deepEqual(facts?.tlsExporter, other.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));
  other.destroy();
});

test('TLS 1.2 without extended master secret has no tls-exporter', async (t) => {
  const client = nodeClient({ maxVersion: 'TLSv1.2' });
  const { facts } = await handshake(client.start, { credential: valid, plan: { extendedMasterSecret: false } });
  t.is(facts?.tlsExporter, null);
  (await client.secure()).destroy();
});

const spoken: [string, ChannelPlan, string | null, object][] = [
  ['TLS 1.1', { maxVersion: 'TLSv1.1' }, 'valid', { version: 'TLSv1.1', encrypted: true, tlsExporter: null }],
  ['TLS 1.0', { maxVersion: 'TLSv1' }, 'valid', { version: 'TLSv1', encrypted: true }],
  [
    'NULL',
    { maxVersion: 'TLSv1.2', ciphers: 'NULL-SHA256' },
    'valid-rsa-2048',
    { encrypted: false, cipher: 'TLS_RSA_WITH_NULL_SHA256' },
  ],
  ['NULL with ECDHE', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-NULL-SHA' }, 'valid', { encrypted: false }],
  [
    'static RSA',
    { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' },
    'valid-rsa-2048',
    { cipher: 'TLS_RSA_WITH_AES_128_CBC_SHA' },
  ],
  [
    'anonymous',
    { maxVersion: 'TLSv1.2', ciphers: 'AECDH-AES128-SHA:ADH-AES128-SHA' },
    null,
    { tlsServerEndPoint: null, encrypted: true },
  ],
  ['DHE', { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256' }, 'valid-rsa-2048', { version: 'TLSv1.2' }],
];

for (const [title, plan, name, expected] of spoken) {
  test(`${title} is spoken`, async (t) => {
    const credential = name === null ? null : await credentialOf(name);
    const reason = await cannotSpeak(plan, credential);
    if (reason !== null) {
      t.log(`skipped: ${reason}`);
      return t.pass();
    }
    const ciphers = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
    const client = nodeClient({ minVersion: 'TLSv1', ciphers, rejectUnauthorized: false });
    const { log, facts } = await handshake(client.start, { credential, plan });
    t.deepEqual(log, ['flight', 'secured']);
    t.like(facts, expected);
    client.stream?.destroy();
  });
}

test('what OpenSSL cannot do is said in words, once', async (t) => {
  const plan = { maxVersion: 'TLSv1.2', ciphers: 'RC4-SHA' } as const;
  const reason = cannotSpeak(plan, valid);
  t.regex((await reason) ?? '', /^OpenSSL [\d.]+.* of this machine: .*no cipher match/);
  t.is(cannotSpeak({ ...plan }, valid), reason);
  t.regex((await cannotSpeak({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }, valid)) ?? '', /no shared cipher/);
});

test('a plan that OpenSSL does not understand fails, and throws nothing', async (t) => {
  const client = nodeClient();
  const { failure } = await handshake(client.start, { credential: valid, plan: { ciphers: 'NONSENSE' } });
  t.like(failure, { from: 'mallory', how: 'incapable' });
});

test('a client that refuses: the flight was there, and no more', async (t) => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const client = nodeClient({ minVersion: version, maxVersion: version });
    const credential = await credentialOf('unknown-ca');
    const { log, failure, flight } = await handshake(client.start, { credential });
    t.is(log[0], 'flight', version);
    t.true((flight ?? 0) > credential.flightBytes);
    // Node's client finishes the handshake before it looks at the certificate, and sends no alert.
    if (failure) t.like(failure, { from: 'client' });
  }
});

const notOffered: [string, ChannelPlan, Parameters<typeof nodeClient>[0]][] = [
  ['an older version', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }],
  ['newer versions only', { maxVersion: 'TLSv1.1' }, {}],
  [
    'other suites',
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
  ],
];

for (const [title, plan, options] of notOffered) {
  test(`a client that offers ${title} was not attacked`, async (t) => {
    const client = nodeClient(options);
    const { log, failure } = await handshake(client.start, { credential: valid, plan });
    t.deepEqual(log, ['failed']);
    t.like(failure, { from: 'mallory', how: 'not-offered' });
    t.notRegex(failure?.message ?? '', /:.*:/);
  });
}

test('protocols without one in common do not matter', async (t) => {
  const client = nodeClient({ ALPNProtocols: ['http/1.1'] });
  const { facts } = await handshake(client.start, { credential: valid });
  t.is(facts?.alpn, null);
  (await client.secure()).destroy();
});

const alert = Buffer.from('15030300020230', 'hex');
const ends: [string, Buffer, 'end' | 'reset' | 'stay', object][] = [
  ['ends', Buffer.alloc(0), 'end', { from: 'client', how: 'end' }],
  ['resets', Buffer.alloc(0), 'reset', { from: 'client', how: 'reset', code: 'ECONNRESET' }],
  ['sends an alert', alert, 'stay', { from: 'client', how: 'alert', code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }],
  ['sends an alert and ends', alert, 'end', { from: 'client', how: 'alert' }],
  ['goes on with XML', Buffer.from('<stream:stream>'), 'stay', { from: 'mallory', how: 'protocol' }],
];

for (const [title, octets, then, expected] of ends) {
  test(`a client that ${title} during the handshake`, async (t) => {
    const start = (port: number) => {
      const socket = connectTcp(port, '127.0.0.1', () => socket.write(hello));
      socket.on('error', () => {});
      socket.once('data', () => {
        if (octets.length > 0) socket.write(octets);
        if (then === 'end') socket.end();
        if (then === 'reset') socket.resetAndDestroy();
      });
    };
    const { log, failure } = await handshake(start, { credential: valid });
    t.deepEqual(log, ['flight', 'failed']);
    t.like(failure, expected);
  });
}

test('a session is resumed under the same credential, and never under another', async (t) => {
  const first = nodeClient({ maxVersion: 'TLSv1.2' });
  const session = new Promise<Buffer>((resolve) => {
    handshake(
      (port) => {
        first.start(port);
        first.stream?.once('session', resolve);
      },
      { credential: valid },
    );
  });
  const options = { maxVersion: 'TLSv1.2', session: await session } as const;
  first.stream?.destroy();

  const again = nodeClient(options);
  const resumed = await handshake(again.start, { credential: valid });
  t.true(resumed.facts?.resumed);
  t.deepEqual(resumed.log, ['secured']);
  t.deepEqual(resumed.facts?.tlsUnique, (await again.secure()).getPeerFinished());
  again.stream?.destroy();

  const elsewhere = nodeClient({ ...options, rejectUnauthorized: false });
  const other = await handshake(elsewhere.start, { credential: await credentialOf('wrong-name') });
  t.deepEqual(other.log, ['flight', 'secured']);
  t.false(other.facts?.resumed);
  elsewhere.stream?.destroy();
});

test("a client's certificate is handed on", async (t) => {
  const { key, chain, leafDer } = await credentialOf('wrong-eku-client');
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const client = nodeClient({ key, cert: chain, minVersion: version, maxVersion: version });
    const { facts } = await handshake(client.start, { credential: valid, plan: { clientCa: authority.caPem } });
    t.deepEqual(facts?.clientCertificate?.raw, leafDer, version);
    client.stream?.destroy();
  }
});

test('a connection that Mallory cuts before its flight harms nobody', async (t) => {
  // The key share is one that it does not take, so that its flight waits for a second ClientHello, which never comes.
  const stuck = await captureHello({ servername: domain, ecdhCurve: 'X448:P-256' });
  const start = (port: number) =>
    connectTcp(port, '127.0.0.1')
      .on('error', () => {})
      .write(stuck);
  const upgraded = (socket: Socket) => setImmediate(() => socket.destroy());
  const { log } = await handshake(start, { credential: valid, plan: { groups: 'P-256' }, upgraded });
  t.deepEqual(log, ['failed']);
});

test('after the handshake a reset harms nobody', async (t) => {
  let tcp: Socket | undefined;
  const start = (port: number) => {
    tcp = connectTcp(port, '127.0.0.1');
    connectTls({ socket: tcp, rejectUnauthorized: false }).on('error', () => {});
  };
  const { stream } = await handshake(start, { credential: valid });
  const closed = stream && once(stream, 'close');
  tcp?.resetAndDestroy();
  await closed;
  t.pass();
});
