/** What OpenSSL, which does DANE by itself, makes of the records and of the certificates that a domain may vouch for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import test from 'ava';
import { createAuthority } from '../../../../src/pki/authority.ts';
import { issue } from '../../../../src/pki/issue.ts';
import { isComputable, isData, readTlsaWords, tlsaFor } from '../../../../src/services/dns/tlsa.ts';
import { whyNoOpenssl } from '../../pki/tools.ts';

const domain = 'k3v9q.im.xmpp.test';
const authority = await createAuthority();
const caFile = join(mkdtempSync(join(tmpdir(), 'mallory-dane-')), 'ca.pem');
writeFileSync(caFile, authority.caPem);

/** The data of a record, as `entity.dane.tlsa` says it. */
async function recordFor(text: string, credential: string): Promise<string> {
  const words = readTlsaWords(text);
  if (!words || isData(words)) return text;
  return tlsaFor(words, (await issue(authority, words.of ?? credential, { domain })).chain);
}

/** What OpenSSL says of a handshake with whoever presents this: the record that has matched, or why it does not verify. */
async function openssl(presented: string, records: string[]): Promise<string> {
  const { key, chain } = await issue(authority, presented, { domain });
  const server = createServer({ key, cert: chain }, (socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rrdata = records.flatMap((record) => ['-dane_tlsa_rrdata', record]);
  const about = ['-CAfile', caFile, '-dane_tlsa_domain', domain, '-dane_ee_no_namechecks', ...rrdata];
  const asked = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-brief', ...about]);
  let said = '';
  asked.stdout.on('data', (chunk) => (said += chunk));
  asked.stderr.on('data', (chunk) => (said += chunk));
  asked.stdin.end();
  await once(asked, 'close');
  server.close();
  const matched = /^DANE TLSA (\d \d \d) .* matched/m.exec(said)?.[1];
  if (/^Verification: OK/m.test(said)) return matched ?? 'by a CA';
  return /^Verification error: (.+)/m.exec(said)?.[1] ?? said;
}

const EXPIRED = 'certificate has expired';
const SELF_SIGNED = 'self-signed certificate';
const outcomes: [presented: string, records: string[], outcome: string][] = [
  ['self-signed-proved', ['3 1 1'], '3 1 1'],
  ['self-signed-proved', ['3 0 0'], '3 0 0'],
  ['self-signed-proved', ['3 0 1'], '3 0 1'],
  ['self-signed-proved', ['3 0 2'], '3 0 2'],
  ['self-signed-proved', ['3 1 0'], '3 1 0'],
  ['self-signed-proved', ['3 1 2'], '3 1 2'],
  ['self-signed-proved', ['3 1 1 valid', '3 0 1'], '3 0 1'],
  ['self-signed-proved', ['3 1 9 0a1b', '3 1 1'], '3 1 1'],
  ['stranger-expired-proved', ['3 1 1'], '3 1 1'],
  ['private-ca-proved', ['2 0 1'], '2 0 1'],
  ['private-ca-proved', ['2 1 2'], '2 1 2'],
  ['valid', ['1 1 1'], '1 1 1'],
  ['misissued', ['3 1 1 valid'], 'no matching DANE TLSA records'],
  ['misissued', ['3 1 1 valid', '3 1 9 0a1b'], 'no matching DANE TLSA records'],
  ['misissued', ['2 0 1 private-ca-proved'], 'unable to verify the first certificate'],
  ['self-signed-doubtful', ['1 1 1'], SELF_SIGNED],
  ['private-ca-wrong-name', ['2 0 1'], 'hostname mismatch'],
  ['private-ca-expired', ['2 0 1'], EXPIRED],
  ['private-ca-not-issuer', ['2 0 1'], SELF_SIGNED],
];
for (const [presented, texts, outcome] of outcomes)
  test(`openssl: ${presented} and ${texts.join(', ')}: ${outcome}`, async (t) => {
    if (whyNoOpenssl) {
      t.log(`skipped: ${whyNoOpenssl}`);
      return t.pass();
    }
    const records = await Promise.all(texts.map((text) => recordFor(text, presented)));
    t.is(await openssl(presented, records), outcome);
  });

test('data that follow from no certificate have to be said', (t) => {
  const words = readTlsaWords('3 1 9');
  t.false(words && isComputable(words));
  t.throws(() => tlsaFor({ usage: 3, selector: 1, matchingType: 9, of: null }, ''), { instanceOf: RangeError });
});

for (const text of ['3 1', '3 1 1 a b', '256 1 1', 'x 1 1', '3 1 1 '])
  test(`"${text}" is no record`, (t) => t.is(readTlsaWords(text), null));
