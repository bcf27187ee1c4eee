/** What is not forged: the client has offered nothing for it, this machine cannot, or it is no client. */
import type { ConnectionOptions } from 'node:tls';
import test from 'ava';
import { createForge } from '../../../../src/tls/records/forge.ts';
import type { Forgery } from '../../../../src/tls/records/forgery.ts';
import { CONTENT_TYPE, encodeHandshake, encodeRecord, TLS_1_2 } from '../../../../src/tls/records/record.ts';
import { startOwnTls } from '../../../reference-client/own-tls/client.ts';
import { domain } from '../loopback.ts';
import { ec, listen, openssl } from './forged.ts';

const tls13 = { flight: 'TLSv1.3' } as const;
const alpn = (data: string) => ({ type: 16, data });
const H2 = alpn('0003026832');

const NO_CURVE = 'offers no curve secp256r1';

const impossible: [what: string, forgery: Forgery, options: ConnectionOptions, log: string][] = [
  [
    'an honest client of TLS 1.2 meets no sentinel',
    { sentinel: 'TLSv1.2' },
    { maxVersion: 'TLSv1.2' },
    'offers no TLS 1.3, and so the sentinel means nothing',
  ],
  ['no TLS 1.2', {}, { minVersion: 'TLSv1.3' }, 'offers no TLS 1.2'],
  ['no TLS 1.3', tls13, { maxVersion: 'TLSv1.2' }, 'offers no TLS 1.3'],
  [
    'no retry without a second group',
    { retry: 'correct' },
    { ecdhCurve: 'X25519' },
    'offers no group without a key share',
  ],
  [
    'no second retry without a right one before',
    { retry: 'twice' },
    { ecdhCurve: 'X25519' },
    'offers no group without a key share',
  ],
  ['no point on a curve of which the client has none', { curve: 'secp256r1' }, { ecdhCurve: 'X25519' }, NO_CURVE],
  [
    'an extension that is asked for',
    { extension: { ...H2, only: 'unsolicited' } },
    { ALPNProtocols: ['x'] },
    'offers the extension 16',
  ],
  ['an extension that is not asked for', { extension: { ...H2, only: 'offered' } }, {}, 'offers no extension 16'],
];

for (const [what, forgery, options, log] of impossible)
  test(`nothing is forged: ${what}`, async (t) => {
    t.deepEqual(await openssl(forgery, ec, options), [log]);
  });

const RSA_ONLY = { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' };

const unable: [what: string, forgery: Forgery, options: ConnectionOptions, log: RegExp][] = [
  ['suites for another kind of certificate', {}, RSA_ONLY, /^incapable: .*another kind of certificate/],
  ['a curve that is not known here', {}, { ecdhCurve: 'X448' }, /^incapable: .*no curve/],
  ['a key share that is not known here', tls13, { ecdhCurve: 'X448' }, /^incapable: .*no key share/],
];

test('a retry that asks for nothing takes no second group', async (t) => {
  const log = await openssl({ retry: 'no-change' }, ec, { ecdhCurve: 'X25519' });
  t.deepEqual(log.slice(0, 1), ['forged']);
});

for (const [what, forgery, options, log] of unable)
  test(`what cannot be forged here is no merit of the client: ${what}`, async (t) => {
    t.regex((await openssl(forgery, ec, options)).join(), log);
  });

test('a credential that cannot do it is no refusal of the client', (t) => {
  const log: string[] = [];
  const forge = createForge(
    { exchange: 'dhe' },
    ec,
    listen(
      log,
      () => t.fail(),
      () => undefined,
    ),
  );
  const client = startOwnTls({
    serverName: domain,
    alpn: [],
    has: () => false,
    trusts: () => false,
    write: forge,
    wentOn: () => t.fail(),
    refused: () => t.fail(),
    secured: () => t.fail(),
    data: () => t.fail(),
  });
  t.deepEqual(log, ['incapable: dhe takes a credential with an RSA key']);
  client(Buffer.alloc(0));
});

const record = (type: number, octets: string) =>
  encodeRecord({ type, version: TLS_1_2, fragment: Buffer.from(octets, 'hex') });
const hostile: [what: string, octets: Buffer, log: string[]][] = [
  ['XML', Buffer.from('<stream:stream>'), ['stray']],
  [
    'an empty ClientHello',
    encodeHandshake([{ type: 1, body: Buffer.alloc(0) }]),
    ['offers no ClientHello that can be read'],
  ],
  ['a ClientHello of 16 MB', record(CONTENT_TYPE.handshake, '01ffffff'), ['other']],
  ['an alert first', record(CONTENT_TYPE.alert, '0228'), ['alert', 'refused']],
  ['a flood', Buffer.concat(Array(5_000).fill(record(CONTENT_TYPE.heartbeat, '01'))), Array(64).fill('heartbeat')],
];

for (const [what, octets, expected] of hostile)
  test(`the forge bears ${what}`, (t) => {
    const log: string[] = [];
    createForge(
      {},
      ec,
      listen(
        log,
        () => t.fail(),
        () => undefined,
      ),
    )(octets);
    t.deepEqual(log, expected);
  });
