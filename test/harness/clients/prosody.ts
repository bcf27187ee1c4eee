/** A Prosody of its own: temporary directory, free ports on 127.0.0.1, certificates of a CA made for it. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issue } from '../../../src/pki/issue.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface ProsodyOptions {
  /** Bare JID to password. */
  users?: Record<string, string>;
  /** The first is the one that a direct TLS client without SNI gets. */
  domains?: string[];
  ports?: { c2s?: number; direct?: number };
  /** Decides the mechanisms inside TLS: both have PLAIN and SCRAM-SHA-1, and only plain has SCRAM-SHA-256. */
  authentication?: 'internal_hashed' | 'internal_plain';
  /** As LuaSec names it, such as `tlsv1_2`; default: 1.2 and above. Only in TLS 1.2 it can bind to the channel (0.12). */
  protocol?: 'tlsv1_2';
  /** From the credential table of `src/pki`. */
  credential?: string;
  /** Further addresses that the certificates name. */
  dialled?: string[];
  /** Lua: a module of one's own, loaded on every domain. */
  module?: string;
  /** Default: debug. */
  logLevel?: 'debug' | 'info';
}

export interface Prosody extends ServerProcess {
  c2sPort: number;
  directPort: number;
  caFile: string;
}

export const prosodyInstalled = (): boolean => spawnSync('prosodyctl', ['about']).error === undefined;

export async function startProsody(options: ProsodyOptions = {}): Promise<Prosody> {
  const c2sPort = options.ports?.c2s ?? (await getPort());
  const directPort = options.ports?.direct ?? (await getPort({ exclude: [c2sPort] }));
  const directory = await mkdtemp(join(tmpdir(), 'mallory-prosody-'));
  const { config, caFile } = await writeFiles(directory, options, { c2sPort, directPort });

  const started = await startServerProcess({
    command: ['prosody', '--config', config, '-F'],
    ready: [c2sPort, directPort].map((port) => `on [127.0.0.1]:${port}`),
    directory,
  });
  return { ...started, c2sPort, directPort, caFile };
}

async function writeFiles(
  directory: string,
  { users = {}, domains = ['relay.xmpp.test'], ...options }: ProsodyOptions,
  { c2sPort, directPort }: { c2sPort: number; directPort: number },
) {
  const put = async (path: string, text: string) => {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const authority = await createAuthority();
  const caFile = await put('ca.pem', authority.caPem);
  const ssl: string[] = [];
  const protocol = options.protocol ? `protocol = ${lua(options.protocol)}` : '';
  for (const domain of domains) {
    const { key, chain } = await issue(authority, options.credential ?? 'valid', {
      domain,
      dialled: options.dialled ?? [],
    });
    const keyFile = await put(`${domain}.key`, key);
    const chainFile = await put(`${domain}.crt`, chain);
    ssl.push(`ssl = { key = ${lua(keyFile)}; certificate = ${lua(chainFile)}; ${protocol} }`);
  }
  for (const [jid, password] of Object.entries(users)) {
    const [node = '', domain = ''] = jid.split('@');
    // Where accounts are hashed, Prosody does it at the first login: quicker than `prosodyctl register` for each.
    await put(`data/${stored(domain)}/accounts/${stored(node)}.dat`, `return { password = ${lua(password)} }`);
  }
  await put('mod_own.lua', options.module ?? '');
  const config = await put(
    'prosody.cfg.lua',
    `run_as_root = true
interfaces = { "127.0.0.1" }
c2s_ports = { ${c2sPort} }
c2s_direct_tls_ports = { ${directPort} }
plugin_paths = { ${lua(directory)} }
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "own" }
modules_disabled = { "s2s" }
authentication = ${lua(options.authentication ?? 'internal_hashed')}
data_path = ${lua(join(directory, 'data'))}
pidfile = ${lua(join(directory, 'prosody.pid'))}
certificates = ${lua(directory)}
log = { { levels = { min = ${lua(options.logLevel ?? 'debug')} }, to = "console" } }
${ssl[0] ?? ''}
${domains.map((domain, index) => `VirtualHost ${lua(domain)}\n  ${ssl[index]}`).join('\n')}
`,
  );
  return { config, caFile };
}

/** A Lua string. JSON writes one wherever no control character is in it. */
const lua = (text: string) => JSON.stringify(text);

/** How Prosody's file store writes a name into a path. */
const stored = (name: string) =>
  name.replace(/[^a-z0-9]/gi, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
