/** A Prosody of its own: temporary directory, free ports on 127.0.0.1, certificates of a CA made for it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issue } from '../../../src/pki/issue.ts';

export interface ProsodyOptions {
  /** Bare JID to password. */
  users?: Record<string, string>;
  /** The first is the one that a direct TLS client without SNI gets. */
  domains?: string[];
  ports?: { c2s?: number; direct?: number };
  /** What decides the mechanisms: hashed has SCRAM-SHA-1, plain has SCRAM-SHA-256 too; both have PLAIN and `-PLUS`. */
  authentication?: 'internal_hashed' | 'internal_plain';
  /** From the credential table of `src/pki`. */
  credential?: string;
  /** Further addresses that the certificates name. */
  dialled?: string[];
  /** Lua: a module of one's own, loaded on every domain. */
  module?: string;
}

export interface Prosody {
  c2sPort: number;
  directPort: number;
  caFile: string;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export const prosodyInstalled = (): boolean => spawnSync('prosodyctl', ['about']).error === undefined;

const readyWithinMs = 15_000;

export async function startProsody(options: ProsodyOptions = {}): Promise<Prosody> {
  const { users = {}, domains = ['relay.xmpp.test'], credential = 'valid', dialled = [] } = options;
  const directory = await mkdtemp(join(tmpdir(), 'mallory-prosody-'));
  const inside = (...path: string[]) => join(directory, ...path);
  const c2sPort = options.ports?.c2s ?? (await getPort());
  const directPort = options.ports?.direct ?? (await getPort({ exclude: [c2sPort] }));

  const authority = await createAuthority();
  const put = async (file: string, text: string) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const caFile = await put(inside('ca.pem'), authority.caPem);
  for (const domain of domains) {
    const { key, chain } = await issue(authority, credential, { domain, dialled });
    await put(inside(`${domain}.key`), key);
    await put(inside(`${domain}.crt`), chain);
  }
  for (const [jid, password] of Object.entries(users)) {
    const [node = '', domain = ''] = jid.split('@');
    // Prosody hashes it at the first login where accounts are hashed: quicker than a `prosodyctl register` for each.
    await put(
      inside('data', stored(domain), 'accounts', `${stored(node)}.dat`),
      `return { password = ${lua(password)} }`,
    );
  }
  await put(inside('mod_own.lua'), options.module ?? '');
  const tls = (domain: string) =>
    `ssl = { key = ${lua(inside(`${domain}.key`))}; certificate = ${lua(inside(`${domain}.crt`))} }`;
  const config = await put(
    inside('prosody.cfg.lua'),
    `run_as_root = true
interfaces = { "127.0.0.1" }
c2s_ports = { ${c2sPort} }
c2s_direct_tls_ports = { ${directPort} }
plugin_paths = { ${lua(directory)} }
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "own" }
modules_disabled = { "s2s" }
authentication = ${lua(options.authentication ?? 'internal_hashed')}
data_path = ${lua(inside('data'))}
pidfile = ${lua(inside('prosody.pid'))}
certificates = ${lua(directory)}
log = { { levels = { min = "debug" }, to = "console" } }
${domains.slice(0, 1).map(tls).join('')}
${domains.map((domain) => `VirtualHost ${lua(domain)}\n  ${tls(domain)}`).join('\n')}
`,
  );

  const server = spawn('prosody', ['--config', config, '-F'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  const stop = async () => {
    await ended(server);
    process.off('exit', kill);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`Prosody did not start (${why}):\n${log}`));
      const limit = setTimeout(fail, readyWithinMs, `no ports after ${readyWithinMs} ms`);
      const read = (text: string) => {
        log += text;
        if (![c2sPort, directPort].every((port) => log.includes(`[127.0.0.1]:${port}`))) return;
        clearTimeout(limit);
        resolve();
      };
      server.stdout.setEncoding('utf8').on('data', read);
      server.stderr.setEncoding('utf8').on('data', read);
      server.once('error', (error) => fail(error.message));
      server.once('exit', (code) => fail(`it ended with ${code}`));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { c2sPort, directPort, caFile, log: () => log, stop };
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const limit = setTimeout(() => server.kill('SIGKILL'), 3_000);
  await exit;
  clearTimeout(limit);
}

/** A Lua string. JSON writes one wherever no control character is in it. */
const lua = (text: string) => JSON.stringify(text);

/** How Prosody's file store writes a name into a path. */
const stored = (name: string) =>
  name.replace(/[^a-z0-9]/gi, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
