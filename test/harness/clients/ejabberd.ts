/**
 * An ejabberd of its own: temporary directory, a free port on 127.0.0.1, a certificate of a CA made for it. Erlang is
 * started here and not by `ejabberdctl`, which only root and ejabberd's own user may call: as its node has no name it
 * needs neither epmd nor a cookie.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issue } from '../../../src/pki/issue.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface Ejabberd extends ServerProcess {
  c2sPort: number;
  caFile: string;
}

export interface EjabberdOptions {
  domain: string;
  /** Localpart to password. */
  users: Record<string, string>;
}

export const ejabberdInstalled = (): boolean => libraries() !== null;

export async function startEjabberd({ domain, users }: EjabberdOptions): Promise<Ejabberd> {
  const c2sPort = await getPort();
  const directory = await mkdtemp(join(tmpdir(), 'mallory-ejabberd-'));
  const put = async (name: string, text: string) => {
    const file = join(directory, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const authority = await createAuthority();
  const caFile = await put('ca.pem', authority.caPem);
  const { key, chain } = await issue(authority, 'valid', { domain });
  // YAML takes JSON. Accounts are stored as they are, or there would be one mechanism for all of them.
  const config = await put(
    'ejabberd.yml',
    JSON.stringify({
      hosts: [domain],
      certfiles: [await put('server.pem', `${key}${chain}`)],
      auth_password_format: 'plain',
      // 23.01 offers them over TLS 1.3, too, and then knows none of the bindings of RFC 9266.
      disable_sasl_mechanisms: ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512-PLUS'],
      listen: [{ port: c2sPort, ip: '127.0.0.1', module: 'ejabberd_c2s', starttls_required: true, shaper: 'none' }],
      acme: { auto: false },
      modules: { mod_disco: {}, mod_ping: {}, mod_roster: {} },
    }),
  );
  const registered = Object.entries(users).map(
    ([localpart, password]) => `ok = ejabberd_auth:try_register(${[localpart, domain, password].map(binary)})`,
  );
  const words = ['-noinput', '-mnesia', 'dir', JSON.stringify(join(directory, 'mnesia')), '-s', 'ejabberd'];
  const started = await startServerProcess({
    command: ['erl', ...words, '-eval', [...registered, 'io:format("registered~n")'].join(', ').concat('.')],
    environment: {
      ERL_LIBS: libraries() ?? '',
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(directory, 'ejabberd.log'),
      HOME: directory,
    },
    ready: [`at 127.0.0.1:${c2sPort}`, 'registered'],
    directory,
  });
  return { ...started, c2sPort, caFile };
}

/** Where Debian has its Erlang code, which is not where Erlang looks. */
function libraries(): string | null {
  try {
    return /^ERL_LIBS='(.+)'$/m.exec(readFileSync('/usr/sbin/ejabberdctl', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

const binary = (text: string) => `<<${JSON.stringify(text)}>>`;
