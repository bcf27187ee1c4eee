/** What others make of the signatures, who share no code with them: Unbound and BIND. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type NameService, startNameService, type Zone } from '../../../../src/services/dns/name-service.ts';
import type { DnsRecord, RecordType } from '../../../../src/services/dns/records.ts';
import { createSigner } from '../../../../src/services/dns/signer.ts';

type Seen = 'secure' | 'insecure' | 'bogus';

const apex = 'im.xmpp.example';
const signer = createSigner(apex);
const directory = mkdtempSync(join(tmpdir(), 'mallory-dnssec-'));

/** What a program makes of an answer, by what it prints. */
interface Validator {
  program: string;
  /** Arguments. */
  asks(port: number, name: string, type: RecordType | 'DS'): string[];
  says: Record<Seen, RegExp>;
}

const anchor = `${signer.key.name}. IN DNSKEY ${signer.key.data}`;
const [flags, protocol, algorithm, key] = signer.key.data.split(' ');
const keys = join(directory, 'delv.conf');
writeFileSync(keys, `trust-anchors { "${apex}" static-key ${flags} ${protocol} ${algorithm} "${key}"; };\n`);

const validators: Validator[] = [
  {
    program: 'unbound-host',
    asks(port, name, type) {
      const file = join(directory, `unbound-${port}.conf`);
      const server = `server:\n do-not-query-localhost: no\n trust-anchor: "${anchor}"\n`;
      writeFileSync(file, `${server}forward-zone:\n name: "."\n forward-addr: 127.0.0.1@${port}\n`);
      return ['-C', file, '-v', '-t', type, name];
    },
    says: { secure: /\(secure\)/, insecure: /\(insecure\)/, bogus: /\(BOGUS/ },
  },
  {
    program: 'delv',
    asks: (port, name, type) => ['@127.0.0.1', '-p', `${port}`, '-a', keys, `+root=${apex}`, name, type],
    says: {
      secure: /; fully validated|; negative response, fully validated/,
      insecure: /; unsigned answer|; negative response, unsigned answer/,
      bogus: /resolution failed: (?:RRSIG|no valid|broken|insecurity proof|verify|SERVFAIL)/,
    },
  },
];

const target = `host.${apex}`;
const records: DnsRecord[] = [
  { name: `_5269._tcp.${target}`, type: 'TLSA', data: `3 1 1 ${'ab'.repeat(32)}` },
  { name: `_5269._tcp.${target}`, type: 'TLSA', data: `2 0 1 ${'0b'.repeat(32)}` },
  { name: `_xmpp-server._tcp.${target}`, type: 'SRV', data: `0 5 5269 ${target}.` },
  { name: target, type: 'A', data: '127.0.0.1' },
];

async function serve(zone: Partial<Zone>): Promise<NameService> {
  const names = await startNameService();
  names.add({ domain: apex, records: [signer.key], proof: { signer } });
  names.add({ domain: target, records, proof: { signer }, ...zone });
  return names;
}

/** Name, type, and how it looks where the names are signed. */
const questions: [title: string, name: string, type: RecordType][] = [
  ['several records', `_5269._tcp.${target}`, 'TLSA'],
  ['a record with a name in it', `_xmpp-server._tcp.${target}`, 'SRV'],
  ['an address', target, 'A'],
  ['an address in capital letters', target.toUpperCase(), 'A'],
  ['no such record', target, 'AAAA'],
  ['a name between two', `_tcp.${target}`, 'TLSA'],
  ['no such name', `nobody.${target}`, 'A'],
];

const kinds: [title: string, as: Seen, zone: Partial<Zone>][] = [
  ['what is signed', 'secure', {}],
  ['what the zone above says is not signed', 'insecure', { proof: { signer, insecure: true } }],
  ['a wrong signature', 'bogus', { answering: (_, honest) => ({ ...honest, signatures: 'wrong' }) }],
  ['a signature that has expired', 'bogus', { answering: (_, honest) => ({ ...honest, signatures: 'expired' }) }],
  [
    'no signature where one belongs',
    'bogus',
    { answering: (_, { code, records: these }) => ({ code, records: these }) },
  ],
  ['records that were taken away', 'bogus', { answering: () => ({ code: 'NXDOMAIN', records: [] }) }],
];

for (const { program, asks, says } of validators) {
  const there = spawnSync(program, ['-h']).error === undefined;
  const proved = there ? test : test.skip;
  const whose = there ? program : `${program}, which is not installed,`;
  for (const [title, as, zone] of kinds)
    proved(`${whose} finds ${as}: ${title}`, async (t) => {
      const names = await serve(zone);
      t.teardown(names.close);
      for (const [what, name, type] of questions) {
        const said = await output(program, asks(names.port, name, type));
        const found = (Object.keys(says) as Seen[]).filter((one) => says[one].test(said));
        t.deepEqual(found, [as], `${what}: ${said}`);
      }
    });

  proved(`${whose} trusts no other key`, async (t) => {
    const names = await startNameService();
    t.teardown(names.close);
    const other = createSigner(apex);
    names.add({ domain: apex, records: [other.key, ...records], proof: { signer: other } });
    const said = await output(program, asks(names.port, target, 'A'));
    t.regex(said, says.bogus);
  });
}

const output = (program: string, words: string[]) =>
  new Promise<string>((resolve) =>
    execFile(program, words, { timeout: 20_000 }, (_, stdout, stderr) => resolve(`${stdout}${stderr}`)),
  );
