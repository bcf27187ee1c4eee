/** Against what FoxIO published: the worked example of technical_details/JA4.md, and the rules around it. */
import test from 'ava';
import { ja4 } from '../../../src/tls/ja4.ts';
import type { ClientHello } from '../../../src/transcript.ts';

const codes = (text: string) => text.split(',').map((code) => Number.parseInt(code, 16));

/** In the order of the wire (JA4_ro of the example). */
const chrome: ClientHello = {
  legacyVersion: 0x0303,
  versions: [0x0304, 0x0303],
  cipherSuites: codes('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
  compressionMethods: [0],
  groups: [29, 23, 24],
  pointFormats: [0],
  signatureAlgorithms: codes('0403,0804,0401,0503,0805,0501,0806,0601'),
  serverName: 'www.example.com',
  alpn: ['h2', 'http/1.1'],
  extensions: codes('001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015'),
  extendedMasterSecret: true,
  renegotiationInfo: true,
  sessionTicket: true,
  preSharedKey: false,
  earlyData: false,
  grease: true,
};

const without = (...types: number[]) => chrome.extensions.filter((type) => !types.includes(type));

const vectors: [string, Partial<ClientHello>, string][] = [
  ['the example', {}, 't13d1516h2_8daaf6152771_e5627efa2ab1'],
  [
    'in another order',
    { cipherSuites: chrome.cipherSuites.toReversed(), extensions: chrome.extensions.toReversed() },
    't13d1516h2_8daaf6152771_e5627efa2ab1',
  ],
  ['the same browser with http/1.1', { alpn: ['http/1.1'] }, 't13d1516h1_8daaf6152771_e5627efa2ab1'],
  // mtalk.google.com in the snapshot of tls-handshake.pcapng: neither ALPN nor ALPS.
  ['without ALPN', { alpn: [], extensions: without(0x10, 0x4469) }, 't13d151400_8daaf6152771_de4a06bb82e3'],
  // Chrome 143 (ja4_r and ja4 as browserleaks.com prints them).
  [
    'a newer browser',
    { extensions: codes('0005,000a,000b,000d,0012,0017,001b,0023,002b,002d,0033,44cd,fe0d,ff01,0000,0010') },
    't13d1516h2_8daaf6152771_d8a2da3f94cd',
  ],
  ['no signature algorithms', { signatureAlgorithms: [] }, 't13d1516h2_8daaf6152771_6d807ffa2a79'],
  ['nothing at all', { cipherSuites: [], extensions: [], alpn: [] }, 't12i000000_000000000000_000000000000'],
];

for (const [title, change, fingerprint] of vectors) {
  test(title, (t) => t.is(ja4({ ...chrome, ...change }), fingerprint));
}

const beginnings: [string, Partial<ClientHello>, string][] = [
  ['TLS 1.2 by its own version', { extensions: without(0x2b), legacyVersion: 0x0303 }, 't12d1515h2'],
  ['TLS 1.1', { extensions: without(0x2b), legacyVersion: 0x0302 }, 't11d1515h2'],
  ['TLS 1.0', { extensions: without(0x2b), legacyVersion: 0x0301 }, 't10d1515h2'],
  ['SSL 3.0', { extensions: without(0x2b), legacyVersion: 0x0300 }, 'ts3d1515h2'],
  ['a version of nobody', { extensions: without(0x2b), legacyVersion: 0x0399 }, 't00d1515h2'],
  ['no SNI', { extensions: without(0), serverName: null }, 't13i1515h2'],
  ['120 suites', { cipherSuites: Array.from({ length: 120 }, (_, code) => code) }, 't13d9916h2'],
  ['ALPN of XMPP', { alpn: ['xmpp-client'] }, 't13d1516xt'],
  ['ALPN of one character', { alpn: ['x'] }, 't13d1516xx'],
  ['ALPN of one octet ab', { alpn: ['\xab'] }, 't13d1516ab'],
  ['ALPN of ab cd', { alpn: ['\xab\xcd'] }, 't13d1516ad'],
  ['ALPN of 30 ab', { alpn: ['0\xab'] }, 't13d15163b'],
  ['ALPN of 30 31 ab cd', { alpn: ['01\xab\xcd'] }, 't13d15163d'],
  ['ALPN of 30 ab cd 31', { alpn: ['0\xab\xcd1'] }, 't13d151601'],
];

for (const [title, change, beginning] of beginnings) {
  test(`${title}: ${beginning}`, (t) => t.is(ja4({ ...chrome, ...change }).split('_')[0], beginning));
}
