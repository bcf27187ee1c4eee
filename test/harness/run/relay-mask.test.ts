/** The password of a real account, and what it can be guessed from, in nothing that a run leaves behind. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createMask } from '../../../harness/report/mask.ts';
import { startServer } from '../../src/entity/relay.ts';
import { unpackedBlocks } from '../report/html/unpack.ts';

const PASSWORD = `Pä&s"w'r<d>-9x/${Math.random().toString(36).slice(2, 8)}`;

test('all that a run writes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-mask-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const inFolder = (name: string) => join(folder, name);
  const server = await startServer(t, { sasl2: { clear: [], tls: ['SCRAM-SHA-256'] } }, {}, PASSWORD);
  await writeFile(inFolder('server-ca.pem'), server.ca);
  const cli = fileURLToPath(new URL('../../../harness/cli.ts', import.meta.url));
  const client = fileURLToPath(new URL('relay-leaky-client.ts', import.meta.url));
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  const options = [
    ...['control/*', 'stripping/starttls-removed-*', 'certificate/unknown-ca', 'injection/features-after-proceed'],
    ...['--upstream', `127.0.0.1:${server.port}`, '--account', 'juliet@relay.xmpp.test'],
    ...['--upstream-ca', inFolder('server-ca.pem'), '--keep', inFolder('kept'), '--transcripts', 'all', '--debug'],
    ...['--write-baseline', inFolder('baseline.yaml')],
    ...['json', 'junit', 'tap', 'html'].flatMap((name) => ['--reporter', `${name}=${inFolder(`report.${name}`)}`]),
  ];
  const env = { ...process.env, XMPP_MALLORY_PASSWORD: PASSWORD, LEAKS: inFolder('leaks') };
  const words = [tsx, cli, 'run', ...options, '--', process.execPath, tsx, client, '{password}', PASSWORD];
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  const status = await new Promise((resolve) => child.once('close', resolve));

  const report = JSON.parse(await readFile(inFolder('report.json'), 'utf8'));
  t.is(status, 1, Buffer.concat(said).toString());
  t.true(report.summary.fail >= 4);
  t.true(report.controls.some(({ profile, ok }: { profile: string; ok: boolean }) => ok && profile.includes('tunnel')));

  const lines = (await readFile(inFolder('leaks'), 'utf8')).split('\n').filter(Boolean);
  const leaks: string[] = lines.map((line) => JSON.parse(line));
  await rm(inFolder('leaks'));
  t.true(leaks.some((leak) => /^[A-Za-z0-9+/]+=*$/.test(leak)) && leaks.some((leak) => leak.includes(',s=')));
  const written = await readdir(folder, { recursive: true, withFileTypes: true });
  t.true(written.some(({ name }) => name === 'account.txt'));
  t.false(written.some(({ name }) => name === 'store.bin' || name === 'link'));
  const texts = new Map([['what it says', Buffer.concat(said).toString()]]);
  for (const entry of written) {
    const path = join(entry.parentPath, entry.name);
    texts.set(`the name ${path}`, path);
    if (!entry.isFile()) continue;
    const text = await readFile(path, 'utf8');
    texts.set(path, text);
    if (entry.name === 'report.html') texts.set(`what ${path} holds`, unpackedBlocks(text).join('\n'));
  }
  for (const [where, text] of texts) {
    for (const form of [...forms(PASSWORD), ...leaks.flatMap(forms)])
      if (text.includes(form)) t.fail(`${form} in ${where}: ${text.slice(text.indexOf(form) - 80).slice(0, 200)}`);
    for (const [token] of text.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g))
      for (const shift of [0, 1, 2, 3])
        if (Buffer.from(token.slice(shift), 'base64').includes(PASSWORD)) t.fail(`${token} in ${where}`);
  }
  t.regex([...texts].find(([where]) => where.endsWith('report.html holds'))?.[1] ?? '', /"transcript":\[/);
  const account = [...texts].find(([where]) => where.startsWith(folder) && where.endsWith('account.txt'))?.[1] ?? '';
  t.regex(account, /^harmless words stay\n/);
});

function forms(secret: string): string[] {
  const octets = Buffer.from(secret);
  const xml = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  return [
    ...[secret, xml, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), octets.toString('latin1')],
    ...[octets.toString('hex'), octets.toString('base64').replace(/=+$/, ''), octets.toString('base64url')],
  ];
}

const { text, spelled, tail } = createMask('hunter2x');

const masked: [what: string, text: string, expected: string | RegExp][] = [
  ['the password', 'it is hunter2x, yes', 'it is [masked], yes'],
  ['in base 64', 'it is aHVudGVyMng=', 'it is [masked]'],
  ['inside base 64', `it is ${Buffer.from('\0juliet\0hunter2x').toString('base64')}`, 'it is [masked]'],
  ['in hexadecimal', 'it is 68756e7465723278.', 'it is [masked].'],
  ['in a dump', '68 75 6e 74 65 72 32 78', '[masked]'],
  ['a SCRAM message', 'got r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096', 'got [masked]'],
  ['the same in base 64', `got ${Buffer.from('r=fyko+d2,s=QSXCR,i=4096').toString('base64')}`, 'got [masked]'],
  ['a proof', 'with p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=', 'with [masked]'],
  ['XML', "<auth mechanism='PLAIN'>AGp1bGlldAB4</auth>", "<auth mechanism='PLAIN'>[masked]</auth>"],
  ['prefixed XML', '<a:response>biws</a:response>', '<a:response>[masked]</a:response>'],
  ['a field', 'salted_password = deadbeef', 'salted_password = [masked]'],
  ['a field of JSON', '{"token": "abc def", "x": 1}', '{"token": [masked], "x": 1}'],
  ['a hash', 'key 5d41402abc4b2a76b9719d911017c592', 'key [masked]'],
];

for (const [what, given, expected] of masked)
  test(`masked: ${what}`, (t) => {
    t.is(text(given), String(expected));
    t.is(text(text(given)), text(given));
  });

const kept = [
  'Traceback (most recent call last):\n  File "/usr/lib/python3/dist-packages/slixmpp/xmlstream/xmlstream.py", line 612',
  'Error: connect ECONNREFUSED 127.0.0.1:46331',
  "    at TLSSocket.onConnectSecure (node:_tls_wrap:1677:34) { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }",
  '<stream:features><mechanisms><mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>',
  'certificate verify failed: unable to get local issuer certificate (_ssl.c:992)',
];

for (const words of kept) test(`kept: ${words.slice(0, 40)}`, (t) => t.is(text(words), words));

test('a tail may begin in the middle of the password', (t) => {
  t.is(tail(`nter2x ${'word '.repeat(600)}`).slice(0, 20), '[masked] word word w');
  t.is(tail('short words'), 'short words');
  t.is(
    createMask('two words')
      .tail(`o words ${'word '.repeat(600)}`)
      .slice(0, 18),
    '[masked] word word',
  );
});

test('a short password is masked as it is, and not where its bits happen to be', (t) => {
  t.is(createMask('ab').spelled('ab YWI= 6162'), '[masked] YWI= 6162');
});

test('what signs a pattern has are signs', (t) => t.is(createMask('.*[a]$').spelled('x .*[a]$ y'), 'x [masked] y'));

test('hostile texts take no time', (t) => {
  const long = 500_000;
  const texts = [
    ...['a', 'a=', 'p=', 'pass', '<a', '"', '\\x61', 'ab ', 'ab', '=', 'A+/', '<auth', 'hunter2'].map((part) =>
      part.repeat(long / part.length),
    ),
    `${'a'.repeat(long)}===`,
    `password${' '.repeat(long)}`,
  ];
  const before = process.cpuUsage();
  for (const one of texts) tail(text(spelled(one)));
  t.true(process.cpuUsage(before).user < 10_000_000);
});
