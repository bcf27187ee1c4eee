/** What a confined client finds in place of the files of the system: who resolves its names, and whom it trusts. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../clients/tool.ts';

/** Makes `folder` what `room.sh` mounts. */
export async function writeSystemFiles(folder: string): Promise<void> {
  await mkdir(join(folder, 'certs'), { recursive: true });
  const files = {
    'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:3 attempts:2\n',
    hosts: `127.0.0.1 localhost\n127.0.0.1 ${hostname()}\n::1 localhost ip6-localhost ip6-loopback\n`,
    'nsswitch.conf': nameServiceSwitch(),
    fstab: `${mounts(folder)
      .map((words) => words.join(' '))
      .join('\n')}\n`,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}

/** Only the CAs of this file are trusted: as a bundle, and as a folder by OpenSSL's hashes. */
export async function writeTrustStore(folder: string, caFile: string): Promise<void> {
  const store = join(folder, 'certs');
  const pem = readFileSync(caFile, 'utf8');
  const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  await Promise.all((await readdir(store)).map((name) => rm(join(store, name))));
  const hashes = await Promise.all(all.map((one) => hashOf(one, store)));
  const files = all.flatMap((one, n) => {
    const hash = hashes[n];
    const before = hashes.slice(0, n).filter((other) => other === hash).length;
    return [[`test-ca-${n + 1}.pem`, one], ...(hash === undefined ? [] : [[`${hash}.${before}`, one]])] as const;
  });
  const bundles = ['ca-certificates.crt', 'ca-bundle.crt'].map((name) => [name, pem] as const);
  await Promise.all([...files, ...bundles].map(([name = '', text = '']) => writeFile(join(store, name), `${text}\n`)));
}

/** Debian and most others; Fedora. */
const TRUST_FOLDERS = ['/etc/ssl/certs', '/etc/pki/tls/certs'];
/** Alpine and the BSDs; SUSE; Fedora. */
const TRUST_BUNDLES = [
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
];
/** They would answer for names over a socket that no network namespace holds back. */
const RESOLVING_DAEMONS = ['/run/nscd', '/run/systemd/resolve'];

/** Lines of an fstab. */
function mounts(folder: string): string[][] {
  const bind = (from: string, to: string) => [escaped(join(folder, from)), escaped(to), 'none', 'bind', '0', '0'];
  const there = (paths: string[]) => [...new Set(paths.filter((path) => existsSync(path)).map((p) => realpathSync(p)))];
  const folders = there(TRUST_FOLDERS);
  const covered = (path: string) => folders.some((one) => path.startsWith(`${one}/`));
  const names = ['resolv.conf', 'hosts', 'nsswitch.conf'];
  return [
    ...names.filter((name) => existsSync(`/etc/${name}`)).map((name) => bind(name, realpathSync(`/etc/${name}`))),
    ...folders.map((one) => bind('certs', one)),
    ...there(TRUST_BUNDLES)
      .filter((one) => !covered(one))
      .map((one) => bind('certs/ca-certificates.crt', one)),
    // Not what holds the new resolv.conf already.
    ...there(RESOLVING_DAEMONS)
      .filter((one) => !realpathOf('/etc/resolv.conf').startsWith(`${one}/`))
      .map((one) => ['none', escaped(one), 'tmpfs', 'size=64k', '0', '0']),
  ];
}

const escaped = (path: string) => path.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');

const realpathOf = (path: string) => (existsSync(path) ? realpathSync(path) : path);

/** The system's own, except that names of hosts come from the file and from DNS. */
function nameServiceSwitch(): string {
  const before = existsSync('/etc/nsswitch.conf') ? readFileSync('/etc/nsswitch.conf', 'utf8') : '';
  return `${before.replace(/^\s*hosts:.*\n?/gm, '').trimEnd()}\nhosts: files dns\n`;
}

const known = new Map<string, Promise<string | undefined>>();

/** Undefined: there is no openssl here, and so hardly anybody who would look for the hash. */
function hashOf(pem: string, store: string): Promise<string | undefined> {
  const before = known.get(pem);
  if (before) return before;
  const hash = askOpenssl(pem, store);
  known.set(pem, hash);
  return hash;
}

async function askOpenssl(pem: string, store: string): Promise<string | undefined> {
  const file = join(store, `asked-${randomUUID()}.pem`);
  await writeFile(file, pem);
  const asked = await runTool('openssl', ['x509', '-noout', '-subject_hash', '-in', file]);
  await rm(file, { force: true });
  return asked.ok ? asked.stdout : undefined;
}
