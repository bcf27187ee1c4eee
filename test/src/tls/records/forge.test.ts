/**
 * Each forged flight against two clients that share nothing: OpenSSL goes on with what is right, and the checks of
 * `own-tls` name the one thing that is wrong.
 */
import type { ConnectionOptions } from 'node:tls';
import test from 'ava';
import type { Forgery } from '../../../../src/tls/records/forgery.ts';
import type { Fault } from '../../../reference-client/faults.ts';
import { ec, openssl, own, rsa } from './forged.ts';

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
