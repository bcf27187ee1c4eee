/** Each forged flight against two clients that share nothing: OpenSSL goes on with what is right, and the checks of
 * `own-tls` name the one thing that is wrong. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import test from 'ava';
import { issue } from '../../../../src/pki/issue.ts';
import { createForge } from '../../../../src/tls/records/forge.ts';
import type { Forgery } from '../../../../src/tls/records/forgery.ts';
import { CONTENT_TYPE, encodeHandshake, encodeRecord, TLS_1_2 } from '../../../../src/tls/records/record.ts';
import type { Fault } from '../../../reference-client/faults.ts';
import { startOwnTls } from '../../../reference-client/own-tls/client.ts';
import { authority, domain } from '../loopback.ts';

const ec = await issue(authority, 'valid', { domain });
const rsa = await issue(authority, 'valid-rsa-2048', { domain });
const credentialFor = ({ exchange = 'ecdhe' }: Forgery) => (exchange === 'ecdhe' ? ec : rsa);

/** What was told, as words. */
function listen(log: string[], write: (octets: Buffer) => void, done: () => void) {
  return {
    write,
    forged: ({ offered }: { offered: boolean }) => void log.push(offered ? 'forged' : 'forged, unoffered'),
    message: (name: string) => void log.push(name),
    notOffered: (what: string) => {
      log.push(`offers ${what}`);
      done();
    },
    incapable: (why: string) => {
      log.push(`incapable: ${why}`);
      done();
    },
    refused: () => {
      log.push('refused');
      done();
    },
    stray: () => void log.push('stray'),
    done,
  };
}

/** Node's client meets the forge. */
async function openssl(forgery: Forgery, credential = credentialFor(forgery), options: ConnectionOptions = {}) {
  const log: string[] = [];
  const server = createServer((socket) => {
    const take = createForge(
      forgery,
      credential,
      listen(
        log,
        (octets) => socket.write(octets),
        () => socket.end(),
      ),
    );
    socket.on('data', take).on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', servername: domain, ca: authority.caPem, ...options });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('close', () => resolve()));
  server.close();
  return log;
}

/** The client with the named faults meets the forge. Everything happens at once. */
function own(forgery: Forgery, faults: Fault[], alpn: string[] = []) {
  const log: string[] = [];
  const end: string[] = [];
  const toClient: Buffer[] = [];
  const toServer: Buffer[] = [];
  const server = createForge(
    forgery,
    credentialFor(forgery),
    listen(
      log,
      (o) => toClient.push(o),
      () => undefined,
    ),
  );
  const client = startOwnTls({
    serverName: domain,
    alpn,
    has: (fault) => faults.includes(fault),
    trusts: ([leaf]) => leaf?.checkHost(domain) !== undefined,
    write: (octets) => toServer.push(octets),
    wentOn: () => undefined,
    refused: (why) => {
      end.push(why);
    },
    secured: () => undefined,
    data: () => undefined,
  });
  for (;;) {
    const [up, down] = [toServer.shift(), toClient.shift()];
    if (up) server(up);
    if (down) client(down);
    if (!up && !down) return { log, end };
  }
}

const SMALL = { ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256' };
const CCM: ConnectionOptions = { ciphers: 'TLS_AES_128_CCM_8_SHA256:DEFAULT@SECLEVEL=0' };

const right: [what: string, forgery: Forgery, awaited: string, credential?: typeof ec, options?: ConnectionOptions][] =
  [
    ['TLS 1.2', {}, 'client-key-exchange'],
    ['TLS 1.2 with RSA', {}, 'client-key-exchange', rsa],
    ['X25519', { curve: 'x25519' }, 'client-key-exchange'],
    ['P-256', { curve: 'secp256r1' }, 'client-key-exchange'],
    ['DHE', { exchange: 'dhe' }, 'client-key-exchange'],
    ['RSA key exchange', { exchange: 'rsa' }, 'client-key-exchange'],
    ['TLS 1.3', { flight: 'TLSv1.3' }, 'finished'],
    ['TLS 1.3 with RSA', { flight: 'TLSv1.3' }, 'finished', rsa],
    ['TLS 1.3 with P-256', { flight: 'TLSv1.3' }, 'finished', ec, { ecdhCurve: 'P-256' }],
    ['TLS 1.3 with P-384', { flight: 'TLSv1.3' }, 'finished', ec, { ecdhCurve: 'P-384' }],
    ['TLS 1.2 with P-521', {}, 'client-key-exchange', rsa, { ecdhCurve: 'P-521' }],
    ['a curve that is none of X25519', { curve: 'secp256r1' }, 'client-key-exchange', rsa, { ecdhCurve: 'P-384' }],
    ['TLS 1.3 with SHA-384', { flight: 'TLSv1.3' }, 'finished', ec, SMALL],
    ['TLS 1.3 with ChaCha20', { flight: 'TLSv1.3' }, 'finished', ec, { ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }],
    ['TLS 1.3 with CCM', { flight: 'TLSv1.3' }, 'finished', ec, CCM],
    ['a HelloRetryRequest', { retry: 'correct' }, 'client-hello'],
  ];

for (const [what, forgery, awaited, credential, options] of right)
  test(`OpenSSL goes on with a correct flight: ${what}`, async (t) => {
    const log = await openssl(forgery, credential, options);
    t.is(log[0], 'forged');
    t.is(log.at(-1), awaited, log.join());
  });

const tls13 = { flight: 'TLSv1.3' } as const;
const alpn = (data: string) => ({ type: 16, data });
const H2 = alpn('0003026832');
const TWO = alpn('000f0b786d70702d636c69656e74026832');

/** Wrong in one thing, and by which check that is found. */
const wrong: [Forgery, Fault][] = [
  ...[0x0300, 0x0301, 0x0302, 0x0304, 0x0305].map((version): [Forgery, Fault] => [
    { version },
    'tls-takes-any-version',
  ]),
  [{ 'selected-version': 0x0303 }, 'tls-takes-any-version'],
  [{ ...tls13, 'selected-version': 0x0303 }, 'tls-takes-any-version'],
  [{ ...tls13, 'selected-version': 0x0305 }, 'tls-takes-any-version'],
  [{ 'ssl-2': true }, 'tls-takes-ssl-2'],
  [{ suite: 'unoffered' }, 'tls-takes-any-suite'],
  ...[0xc006, 0xc007, 0xc008, 0x1301, 0x0a0a, 0x00ff].map((suite): [Forgery, Fault] => [
    { suite },
    'tls-takes-any-suite',
  ]),
  [{ ...tls13, suite: 'unoffered' }, 'tls-takes-any-suite'],
  [{ ...tls13, suite: 0xc02b }, 'tls-takes-any-suite'],
  [{ compression: 1 }, 'tls-takes-compression'],
  [{ ...tls13, compression: 1 }, 'tls-takes-compression'],
  [{ 'session-id': 'too-long' }, 'tls-takes-any-session-id'],
  [{ ...tls13, 'session-id': 'too-long' }, 'tls-takes-any-session-id'],
  [{ ...tls13, 'session-id': 'not-echoed' }, 'tls-takes-any-session-id'],
  [{ extension: { type: 13172 } }, 'tls-takes-any-extension'],
  [{ extension: { type: 13172, times: 2 } }, 'tls-takes-any-extension'],
  [{ extension: { type: 23 } }, 'tls-takes-any-extension'],
  [{ ...tls13, extension: { type: 23 } }, 'tls-takes-any-extension'],
  [{ ...tls13, extension: { type: 41, data: '0000' } }, 'tls-takes-any-extension'],
  [{ ...tls13, 'encrypted-extension': { type: 5 } }, 'tls-takes-any-extension'],
  [{ extension: H2 }, 'tls-takes-any-alpn'],
  [{ extension: TWO }, 'tls-takes-any-alpn'],
  [{ ...tls13, 'encrypted-extension': H2 }, 'tls-takes-any-alpn'],
  [{ ...tls13, 'encrypted-extension': TWO }, 'tls-takes-any-alpn'],
  [{ 'renegotiation-info': 'missing' }, 'tls-ignores-renegotiation-info'],
  [{ 'renegotiation-info': 'not-empty' }, 'tls-ignores-renegotiation-info'],
  [{ sentinel: 'TLSv1.2' }, 'tls-ignores-sentinel'],
  [{ sentinel: 'TLSv1.1' }, 'tls-ignores-sentinel'],
  [{ group: 'unoffered' }, 'tls-takes-any-group'],
  ...(['off-curve', 'zero', 'infinity', 'short'] as const).map((point): [Forgery, Fault] => [
    { curve: 'secp256r1', point },
    'tls-takes-any-point',
  ]),
  [{ curve: 'x25519', point: 'zero' }, 'tls-takes-any-point'],
  [{ curve: 'x25519', point: 'short' }, 'tls-takes-any-point'],
  ...(['corrupt', 'empty', 'other-key', 'other-randoms'] as const).flatMap((signature): [Forgery, Fault][] => [
    [{ signature }, 'tls-skips-key-signature'],
    [{ ...tls13, signature }, 'tls-skips-key-signature'],
  ]),
  [{ ...tls13, signature: 'other-context' }, 'tls-skips-key-signature'],
  [{ signature: 'sha1' }, 'tls-takes-any-signature-algorithm'],
  [{ signature: 'unoffered' }, 'tls-takes-any-signature-algorithm'],
  [{ ...tls13, finished: 'corrupt' }, 'tls-skips-finished'],
  [{ omit: 'server-key-exchange' }, 'tls-skips-messages'],
  [{ omit: 'certificate' }, 'tls-skips-messages'],
  [{ certificate: 'empty' }, 'tls-skips-messages'],
  ...(['garbage', 'truncated', 'trailing'] as const).flatMap((certificate): [Forgery, Fault][] => [
    [{ certificate }, 'tls-takes-any-certificate'],
    [{ ...tls13, certificate }, 'tls-takes-any-certificate'],
  ]),
  [{ ...tls13, omit: 'certificate-verify' }, 'tls-skips-messages'],
  [{ ...tls13, omit: 'certificate' }, 'tls-skips-messages'],
  [{ ...tls13, certificate: 'empty' }, 'tls-skips-messages'],
  ...(['same-group', 'unoffered-group', 'unoffered-suite', 'no-change', 'twice', 'other-suite'] as const).map(
    (retry): [Forgery, Fault] => [{ retry }, 'tls-takes-any-retry'],
  ),
];

for (const [forgery, fault] of wrong)
  test(`nothing but one thing is wrong with ${JSON.stringify(forgery)}`, async (t) => {
    const protocols = fault === 'tls-takes-any-alpn' ? ['xmpp-client'] : [];
    t.deepEqual(own(forgery, [], protocols).end, [fault]);
    const faulty = own(forgery, [fault], protocols);
    t.deepEqual(faulty.end, []);
    t.regex(faulty.log.at(-1) ?? '', /^(client-(key-exchange|hello|master-key)|finished|change-cipher-spec)$/);
    const ciphers = [13172].includes(forgery.extension?.type ?? 0) ? {} : { ALPNProtocols: protocols };
    const log = await openssl(forgery, ec, protocols.length > 0 ? ciphers : {});
    t.false(['client-key-exchange', 'finished'].includes(log.at(-1) ?? ''), log.join());
  });

const WEAK = ['tls-takes-weak-dh'] as Fault[];
for (const dh of ['512-bit', '768-bit', '1024-bit', 'composite', 'g-1', 'y-0', 'y-1', 'y-p-1'] as const)
  test(`Diffie-Hellman, ${dh}: taken by who takes any parameters`, (t) => {
    t.is(own({ exchange: 'dhe', dh }, WEAK).log.at(-1), 'client-key-exchange');
    t.deepEqual(own({ exchange: 'dhe', dh }, []).log, ['offers no suite with DHE']);
  });

test('a weak suite that is offered is told from one that is not', (t) => {
  t.is(own({ suite: 0xc007 }, ['tls-offers-weak-suites']).log[0], 'forged');
  t.is(own({ suite: 0xc007 }, ['tls-takes-any-suite']).log[0], 'forged, unoffered');
  const { log } = own({ exchange: 'rsa', suite: 0x0003, 'export-key': true }, ['tls-offers-weak-suites']);
  t.deepEqual(log.slice(0, 2), ['forged', 'client-key-exchange']);
});

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
