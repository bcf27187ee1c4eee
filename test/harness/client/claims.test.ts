import test from 'ava';
import { claimFrom, claimReader } from '../../../harness/client/claims.ts';
import type { Claim } from '../../../src/transcript.ts';

const VALUES: [title: string, value: unknown, claim: Claim | null][] = [
  ['a result', { result: 'online' }, { result: 'online' }],
  ['a result with a reason', { result: 'refused', reason: 'no' }, { result: 'refused', reason: 'no' }],
  ['an unknown result', { result: 'fine' }, null],
  ['an inherited name as result', { result: 'constructor' }, null],
  ['an unknown result with TLS facts', { result: 1, tls: { version: 'TLSv1.3' } }, { tls: { version: 'TLSv1.3' } }],
  ['a reason alone', { reason: 'why' }, null],
  ['a reason that is no text', { result: 'online', reason: { a: 1 } }, { result: 'online' }],
  [
    'a reason of any length',
    { result: 'online', reason: 'x'.repeat(9e5) },
    { result: 'online', reason: 'x'.repeat(500) },
  ],
  ['a TLS fact of any length', { tls: { cipher: 'x'.repeat(999) } }, { tls: { cipher: 'x'.repeat(200) } }],
  ['no TLS facts', { result: 'online', tls: {} }, { result: 'online' }],
  ['TLS facts of the wrong kind', { tls: { version: 1.3, certificate_changed: 'yes' } }, null],
  ['unknown names', { result: 'online', level: 30, tls: { sni: 'x' } }, { result: 'online' }],
  ['an array', [{ result: 'online' }], null],
  ['null', null, null],
  ['nothing', undefined, null],
  ['a text', 'online', null],
];
for (const [title, value, claim] of VALUES) {
  test(`claim: ${title}`, (t) => t.deepEqual(claimFrom(value), claim));
}

test('all TLS facts', (t) => {
  const tls = {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    certificate_sha256: 'ab'.repeat(32),
    verified_by: 'PKIX',
    certificate_changed: false,
  };
  t.deepEqual(claimFrom({ tls }), { tls });
});

test('claims stand on lines of their own, among anything', (t) => {
  const output = [
    'connecting {"result":"online"}',
    '{"level":30,"msg":"log"}',
    '{"result":',
    '\u{feff}  {"result":"online"}\r',
    '[1]',
    '{}',
    '{"result":"refused"}',
  ].join('\n');
  t.deepEqual(read(Buffer.from(output)), [{ result: 'online' }, { result: 'refused' }]);
});

test('wherever the output is cut, and with garbage around', (t) => {
  const garbage = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x0a]);
  const line = Buffer.from('{"result":"refused","reason":"für Élise \u{1f3b9}"}\n');
  const bytes = Buffer.concat([garbage, line, garbage]);
  const expected = [{ result: 'refused', reason: 'für Élise \u{1f3b9}' }];
  for (let size = 1; size <= bytes.length; size += 1) t.deepEqual(read(bytes, size), expected, `pieces of ${size}`);
});

test('a line that is too long is passed over, and the next one read', (t) => {
  const long = `{"result":"online","reason":"${'x'.repeat(9_000)}"}`;
  const output = Buffer.from(`${long}\n{"result":"refused"}\n`);
  for (const size of [1_000, 8_192, output.length]) t.deepEqual(read(output, size), [{ result: 'refused' }]);
});

test('deep nesting is only garbage', (t) => {
  t.deepEqual(read(Buffer.from(`${'{"tls":'.repeat(1_100)}\n{"result":"online"}`)), [{ result: 'online' }]);
});

test('a hundred claims are enough', (t) => {
  t.is(read(Buffer.from('{"result":"online"}\n'.repeat(1_000))).length, 100);
});

function read(output: Buffer, size = output.length): Claim[] {
  const claims: Claim[] = [];
  const reader = claimReader((claim) => claims.push(claim));
  for (let at = 0; at < output.length; at += size) reader.write(output.subarray(at, at + size));
  reader.end();
  return claims;
}
