/** The handshake as a client of OpenSSL gets it, and what of its answer is on record. */
import test from 'ava';
import type { RewriteData } from '../../../src/script/actions/rewrite.ts';
import type { TlsVersion } from '../../../src/script/moment.ts';
import { dialTls, start } from './session.ts';

/** Resolves to what the client's own TLS says, and to what it sent below TLS. */
async function meet(rewrite: RewriteData, version?: TlsVersion, client: { maxVersion?: 'TLSv1.2' } = {}) {
  const negotiate = version && { min: version, max: version };
  const script = [{ on: 'tls-handshake', do: { ...(negotiate && { negotiate }), rewrite } }] as const;
  const { interceptor, transcript, ca } = await start({ transport: 'direct', script });
  const outcome = await dialTls(interceptor.port(), { ca, ...client }).then(
    ({ socket }) => {
      socket.end();
      return 'secured';
    },
    ({ code }: NodeJS.ErrnoException) => code,
  );
  await interceptor.drain(3_000);
  await interceptor.close();
  const { observations } = transcript;
  const sent = observations.flatMap((o) => (o.type === 'record' ? [o.name] : []));
  const rewritten = observations.flatMap((o) => (o.type === 'rewritten' ? [o.impossible ?? 'done'] : []));
  return { outcome, sent, rewritten };
}

const insert = (type: number, octets: string, repeat = 1): RewriteData => ({
  insert: { before: 'server-hello-done', type, octets, repeat },
});
/** What OpenSSL calls it: 3.0, which Node 20 has, and 3.5. */
const NOT_SIGNED_BY_IT = process.versions.openssl.startsWith('3.0.')
  ? 'ERR_SSL_BAD_SIGNATURE'
  : 'ERR_SSL_PROVIDER_SIGNATURE_FAILURE';
const WENT_ON = ['client-key-exchange', 'change-cipher-spec', 'protected'];

const cases: [title: string, rewrite: RewriteData, version: TlsVersion, outcome: string, sent: string[]][] = [
  ['swapped certificate', { certificate: 'valid-no-cn' }, 'TLSv1.2', NOT_SIGNED_BY_IT, ['alert']],
  ['no certificate', { certificate: 'none' }, 'TLSv1.2', 'ERR_SSL_LENGTH_MISMATCH', ['alert']],
  ['no renegotiation_info', { strip: 0xff01 }, 'TLSv1.2', 'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED', ['alert']],
  ['single octets in TLS 1.2', { fragment: 1 }, 'TLSv1.2', 'secured', WENT_ON],
  ['single octets in TLS 1.3', { fragment: 1 }, 'TLSv1.3', 'secured', ['change-cipher-spec', 'protected']],
  ['all in one record', { coalesce: true }, 'TLSv1.2', 'secured', WENT_ON],
  ['another record version', { 'record-version': 0x0301 }, 'TLSv1.2', 'ERR_SSL_WRONG_VERSION_NUMBER', ['alert']],
  ['early ChangeCipherSpec', insert(20, '01'), 'TLSv1.2', 'ERR_SSL_UNEXPECTED_MESSAGE', ['alert']],
  ['heartbeat', insert(24, '014000'), 'TLSv1.2', 'ERR_SSL_UNEXPECTED_RECORD', ['alert']],
  ['the longest record', insert(22, '00000000', 4_096), 'TLSv1.2', 'secured', WENT_ON],
  ['a longer one', insert(22, '00000000', 4_097), 'TLSv1.2', 'ERR_SSL_DATA_LENGTH_TOO_LONG', ['alert']],
];

for (const [title, rewrite, version, outcome, sent] of cases) {
  test(title, async (t) => {
    t.deepEqual(await meet(rewrite, version), { outcome, sent, rewritten: ['done'] });
  });
}

test('TLS 1.3 hidden: the sentinel of the real server stops the client before its key exchange', async (t) => {
  const { outcome, sent, rewritten } = await meet({ hide: 43 });
  t.is(outcome, 'ERR_SSL_INAPPROPRIATE_FALLBACK');
  t.deepEqual(sent, ['alert']);
  t.deepEqual(rewritten, ['done']);
});

test('TLS 1.3 not offered: nothing is hidden, and the same answer is right', async (t) => {
  const { outcome, sent, rewritten } = await meet({ hide: 43 }, undefined, { maxVersion: 'TLSv1.2' });
  t.is(outcome, 'secured');
  t.deepEqual(sent, WENT_ON);
  t.deepEqual(rewritten, ['the ClientHello has no extension 43']);
});
