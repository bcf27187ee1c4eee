/** What the script does to TLS while it stands, as a client of OpenSSL sees it. */
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type { Do } from '../../../src/script/actions/index.ts';
import type { TlsVersion } from '../../../src/script/moment.ts';
import { dialTls, HEADER, PLAIN, start } from './session.ts';

/** A connection on which `what` is done at the features inside TLS. */
async function meet(t: ExecutionContext, what: Do, version: TlsVersion) {
  const script = [
    { on: 'tls-handshake', do: { negotiate: { min: version, max: version } } },
    { on: 'features', in: 'tls', do: what },
  ] as const;
  const { interceptor, transcript, ca } = await start({ transport: 'direct', script });
  t.teardown(() => interceptor.close());
  const talk = await dialTls(interceptor.port(), { ca, rejectUnauthorized: false });
  const socket = talk.socket as TLSSocket;
  const errors: string[] = [];
  // Node tells of such an error, and closes nothing.
  const failed = new Promise<string>((resolve) => {
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      errors.push(code);
      resolve(code);
    });
  });
  talk.say(HEADER);
  return { interceptor, transcript, talk, socket, errors, failed };
}

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

for (const version of VERSIONS) {
  test(`truncate: what was written arrives, and TCP ends, ${version}`, async (t) => {
    const { interceptor, transcript, talk, errors } = await meet(t, { 'end-tls': 'truncate' }, version);
    t.regex(await talk.ended(), /<\/stream:features>$/);
    t.deepEqual(errors, []);
    await interceptor.drain(3_000);
    const ends = transcript.observations.filter((o) => o.type === 'closed');
    t.deepEqual(
      ends.map((o) => 'from' in o && o.from),
      ['mallory', 'client'],
    );
  });

  test(`alert: what was written arrives, and then a fatal alert that verifies, ${version}`, async (t) => {
    const { transcript, talk, failed } = await meet(t, { 'end-tls': 'alert' }, version);
    await talk.hear(/<\/stream:features>$/);
    t.regex(await failed, /^ERR_SSL_.*ALERT_BAD_RECORD_MAC$/);
    const [first] = transcript.observations.filter((o) => o.type === 'closed');
    t.is(first && 'from' in first && first.from, 'mallory');
  });

  test(`record: a heartbeat between the records ends the client's TLS, ${version}`, async (t) => {
    const { talk, failed } = await meet(t, { record: { type: 24, octets: '014000' } }, version);
    await talk.hear(/<\/stream:features>$/);
    t.regex(await failed, /^ERR_SSL_/);
  });
}

for (const [credential, peer] of [
  ['valid', 'honest'],
  ['unknown-ca', 'weak'],
] as const) {
  test(`renegotiate: the client gets a whole new handshake with ${credential}`, async (t) => {
    const { transcript, talk, socket } = await meet(t, { renegotiate: credential }, 'TLSv1.2');
    const before = socket.getPeerX509Certificate()?.fingerprint256;
    await talk.hear(/<\/stream:features>/);
    t.is(socket.getPeerX509Certificate()?.fingerprint256 === before, credential === 'valid');
    talk.say(PLAIN);
    await talk.hear(/<success/);
    const handshakes = transcript.observations.filter((o) => o.type === 'handshake');
    t.deepEqual(
      handshakes.map((o) => 'credential' in o && [o.credential, 'peer' in o && o.peer]),
      [
        ['valid', 'honest'],
        [credential, peer],
      ],
    );
  });
}

test('renegotiate: in TLS 1.3 there is no such thing, and the stream goes on', async (t) => {
  const { transcript, talk } = await meet(t, { renegotiate: 'unknown-ca' }, 'TLSv1.3');
  await talk.hear(/<\/stream:features>/);
  t.is(transcript.observations.filter((o) => o.type === 'handshake').length, 1);
});

test('in-clear: TLS ends in order, and TCP does not', async (t) => {
  const { talk, socket, errors } = await meet(t, { 'end-tls': 'in-clear' }, 'TLSv1.3');
  await talk.hear(/<\/stream:features>/);
  if (!socket.readableEnded) await once(socket, 'end');
  t.deepEqual(errors, []);
});
