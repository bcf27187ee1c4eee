import test from 'ava';
import { dnsName, problemOf, type RecordType } from '../../../../src/services/dns/records.ts';

const wrong: [type: RecordType, ...data: string[]][] = [
  ['A', '', '::1', '127.0.0', 'host.test'],
  ['AAAA', '127.0.0.1', 'x'],
  ['CNAME', '', 'a..b', `${'x'.repeat(64)}.test`, `${'x.'.repeat(130)}test`],
  [
    'SRV',
    '0 5 5222',
    '0 5 65536 a.test',
    '0 5 -1 a.test',
    '0 5 5222 a.test b.test',
    '0 5 5222 a..test',
    '0 5 x a.test',
  ],
  ['TXT', '', 'x'.repeat(10_000)],
  ['TLSA', '3 1 1', '3 1 1 0', '3 1 1 xx', '256 1 1 00', '3 1 00'],
  ['DNSKEY', '257 3 13', '257 3 13 !', '257 3 13 A', '257 4 13 ChsK', '65536 3 13 ChsK', '257 3 256 ChsK'],
];
for (const [type, ...data] of wrong)
  for (const one of data)
    test(`no ${type}: ${one.slice(0, 20)}`, (t) =>
      t.regex(problemOf({ type, data: one }) ?? '', new RegExp(`^${type}: `)));

const right: [type: RecordType, ...data: string[]][] = [
  ['CNAME', 'a.test', 'a.test.', '.'],
  ['SRV', '0 5 5222 a.test', '65535 65535 65535 a.test.', '0 0 0 .'],
  ['TXT', '_xmpp-client-xbosh=https://x.test/http bind'],
  ['TLSA', '3 1 1 0a1B'],
  ['DNSKEY', '257 3 13 ChsK', '0 3 255 Chs=', '256 3 8 Cg=='],
];
for (const [type, ...data] of right)
  for (const one of data) test(`${type}: ${one}`, (t) => t.is(problemOf({ type, data: one }), null));

const names: [name: string, as: string][] = [
  ['Im.XMPP.test.', 'im.xmpp.test'],
  ['b\u00fccher.test', 'xn--bcher-kva.test'],
  ['_xmpp-client._tcp.b\u00fccher.test', '_xmpp-client._tcp.xn--bcher-kva.test'],
  ['.', '.'],
  ['', '.'],
];
for (const [name, as] of names) test(`DNS has ${name} as ${as}`, (t) => t.is(dnsName(name), as));
