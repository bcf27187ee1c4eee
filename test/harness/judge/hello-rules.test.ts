/** Each rule of the ClientHello audit: a good hello breaks none, and one with a single thing wrong breaks those named. */
import test from 'ava';
import { HELLO_OBSERVATIONS } from '../../../harness/judge/hello-observations.ts';
import { HELLO_RULES } from '../../../harness/judge/hello-rules.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { ClientHello, Observation } from '../../../src/transcript.ts';

const domain = 'im.example.test';
const EXTENSIONS = [0, 10, 11, 13, 16, 22, 23, 35, 43, 45, 51, 0xff01];

const good: ClientHello = {
  legacyVersion: 0x0303,
  versions: [0x0304, 0x0303],
  cipherSuites: [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xcca9],
  compressionMethods: [0],
  groups: [0x11ec, 29, 23, 24, 31],
  pointFormats: [0],
  signatureAlgorithms: [0x0403, 0x0804, 0x0401, 0x0807],
  serverName: domain,
  alpn: ['xmpp-client'],
  extensions: EXTENSIONS,
  extendedMasterSecret: true,
  renegotiationInfo: true,
  sessionTicket: true,
  preSharedKey: false,
  earlyData: false,
  grease: false,
};

const without = (...types: number[]) => EXTENSIONS.filter((type) => !types.includes(type));
const withSuites = (...codes: number[]) => ({ cipherSuites: [...good.cipherSuites, ...codes] });
const tls12 = { versions: [0x0303, 0x0302, 0x0301], extensions: without(43) };

const broken = (hello: ClientHello, highest = 0x0304) =>
  Object.entries(HELLO_RULES).flatMap(([name, { find }]) => (find(hello, { domain, highest }) === null ? [] : [name]));

const cases: [string, Partial<ClientHello>, string[]][] = [
  ['nothing', {}, []],
  [
    'SSL 3.0 by its own version',
    { legacyVersion: 0x0300, versions: [0x0300], extensions: without(43) },
    ['offers-ssl-3', 'offers-no-tls-1.2', 'offers-no-tls-1.3'],
  ],
  ['SSL 3.0 in supported_versions', { versions: [0x0304, 0x0303, 0x0300] }, ['offers-ssl-3']],
  ['TLS 1.0 in supported_versions', { versions: [0x0304, 0x0303, 0x0301] }, ['offers-tls-1.0']],
  ['TLS 1.1 in supported_versions', { versions: [0x0304, 0x0303, 0x0302] }, ['offers-tls-1.1']],
  // It names 1.2 and nothing else: whether it would take 1.0 is for downgrade/tls-1.0 to find out.
  ['TLS 1.2 as the highest', tls12, ['offers-no-tls-1.3']],
  [
    'TLS 1.3 alone',
    { versions: [0x0304], extendedMasterSecret: false, renegotiationInfo: false, cipherSuites: [0x1301] },
    [],
  ],
  ['NULL', withSuites(0xc010), ['offers-null']],
  ['integrity only in TLS 1.3', withSuites(0xc0b4), ['offers-null']],
  ['anonymous', withSuites(0x00a6), ['offers-anonymous']],
  ['export', withSuites(0x0014), ['offers-dhe', 'offers-export']],
  ['export of 56 bits', withSuites(0x0063), ['offers-dhe', 'offers-export']],
  ['export with Kerberos', withSuites(0x0026), ['offers-export']],
  ['single DES', withSuites(0x001e), ['offers-des']],
  ['RC4', withSuites(0xc007), ['offers-rc4']],
  ['triple DES', withSuites(0xc012), ['offers-3des']],
  ['static RSA', withSuites(0x009c), ['offers-static-rsa']],
  ['static RSA with triple DES of FIPS', withSuites(0xfeff), ['offers-3des', 'offers-static-rsa']],
  ['RSA-PSK is no static RSA', withSuites(0x00ac), []],
  ['static ECDH', withSuites(0xc02d), ['offers-static-dh']],
  ['static DH', withSuites(0x00a0), ['offers-static-dh']],
  ['DHE', withSuites(0x009e), ['offers-dhe']],
  ['static RSA first', { cipherSuites: [0x1301, 0x009c, 0xc02f] }, ['offers-static-rsa', 'prefers-no-forward-secrecy']],
  ['CBC with encrypt-then-MAC', withSuites(0xc013), []],
  ['CBC without', { ...withSuites(0xc013), extensions: without(22) }, ['offers-cbc-without-etm']],
  ['CBC only', { cipherSuites: [0x1301, 0xc013] }, ['offers-no-recommended-suite']],
  ['the SCSV of RFC 5746 alone', { ...withSuites(0x00ff), extensions: without(0xff01) }, []],
  ['a fallback at the highest version', withSuites(0x5600), ['offers-fallback-scsv']],
  ['a fallback below it', { ...tls12, ...withSuites(0x5600) }, ['offers-no-tls-1.3']],
  ['secp192r1', { groups: [29, 23, 19] }, ['offers-small-curve', 'offers-obsolete-group']],
  ['sect233k1, of 233 bits', { groups: [29, 23, 6] }, ['offers-obsolete-group']],
  ['brainpool with TLS 1.2 only', { ...tls12, groups: [29, 23, 26] }, ['offers-no-tls-1.3']],
  ['no P-256', { groups: [29, 24] }, ['offers-no-p-256']],
  ['no X25519', { groups: [23, 24] }, ['offers-no-x25519']],
  ['MD5', { signatureAlgorithms: [0x0403, 0x0101] }, ['offers-md5-signatures']],
  ['SHA-1', { signatureAlgorithms: [0x0403, 0x0203] }, ['offers-sha-1-signatures']],
  ['SHA-1 with TLS 1.3 alone', { versions: [0x0304], signatureAlgorithms: [0x0403, 0x0201] }, []],
  [
    'no signature algorithms',
    { extensions: without(13), signatureAlgorithms: [] },
    ['offers-no-signature-algorithms', 'offers-no-sha-256-signatures'],
  ],
  ['SHA-384 only', { signatureAlgorithms: [0x0503, 0x0805] }, ['offers-no-sha-256-signatures']],
  ['compression', { compressionMethods: [1, 0] }, ['offers-compression', 'offers-compression-with-tls-1.3']],
  ['compression of TLS 1.2', { ...tls12, compressionMethods: [1, 0] }, ['offers-no-tls-1.3', 'offers-compression']],
  ['no extended master secret', { extendedMasterSecret: false }, ['lacks-extended-master-secret']],
  ['no renegotiation_info', { renegotiationInfo: false }, ['lacks-renegotiation-info']],
  ['truncated HMAC', { extensions: [...EXTENSIONS, 4] }, ['offers-truncated-hmac']],
  ['heartbeats', { extensions: [...EXTENSIONS, 15] }, ['offers-heartbeat']],
  ['no server name', { serverName: null }, ['sends-no-server-name']],
  ['another server name', { serverName: 'localhost' }, ['sends-other-server-name']],
  ['the domain in capitals', { serverName: 'IM.Example.TEST' }, []],
  ['a dot at the end', { serverName: `${domain}.` }, ['sends-malformed-server-name']],
  ['an IPv4 address', { serverName: '127.0.0.1' }, ['sends-other-server-name', 'sends-ip-as-server-name']],
  ['an IPv6 address', { serverName: '::1' }, ['sends-other-server-name', 'sends-ip-as-server-name']],
  [
    'a name that is not ASCII',
    { serverName: 'm\xfcller.test' },
    ['sends-other-server-name', 'sends-malformed-server-name'],
  ],
  ['no ALPN', { alpn: [] }, ['offers-no-alpn']],
  ['ALPN of HTTP', { alpn: ['h2'] }, ['offers-other-alpn']],
  ['ALPN of several', { alpn: ['h2', 'xmpp-client'] }, []],
];

for (const [title, change, names] of cases) {
  test(`wrong: ${title}`, (t) => t.deepEqual(broken({ ...good, ...change }).sort(), [...names].sort()));
}

test('every rule is broken by one of these', (t) => {
  const seen = new Set(cases.flatMap(([, , names]) => names));
  t.deepEqual(
    Object.keys(HELLO_RULES).filter((name) => !seen.has(name)),
    [],
  );
});

test('a sentence names what was found, but not a hundred of them', (t) => {
  const cipherSuites = [0x0004, 0x0005, 0x0018, 0x0020, 0x0024, 0x008a];
  const hello: Observation = {
    n: 1,
    t: 0,
    layer: 'tls',
    type: 'client-hello',
    connection: 1,
    from: 'client',
    hello: { ...good, cipherSuites },
    kind: '',
    ja4: '',
  };
  const rule = HELLO_OBSERVATIONS['offers-rc4'];
  const view = viewOf([hello]);
  t.deepEqual(rule?.find(view, { canary: '', domain }), [1]);
  t.is(
    rule?.says(view, [1]),
    'It offers suites with RC4 (TLS_RSA_WITH_RC4_128_MD5, TLS_RSA_WITH_RC4_128_SHA, TLS_DH_anon_WITH_RC4_128_MD5, TLS_KRB5_WITH_RC4_128_SHA, 2 more).',
  );
});
