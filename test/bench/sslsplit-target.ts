/** sslsplit as a target of load: it waits for the upgrade of each connection to a server, and forges certificates. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { newKey, selfSignedAuthority } from '../../src/pki/authority.ts';
import { pem } from '../../src/pki/certificate.ts';
import { distinguishedName } from '../../src/pki/names.ts';
import type { Running } from './load.ts';
import { ACCOUNT } from './mallory.ts';

export const sslsplitInstalled = (): boolean => spawnSync('sslsplit', ['-V']).error === undefined;

/** @param upstreamPort of a server on this machine that offers STARTTLS. */
export async function startSslsplit(upstreamPort: number): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'mallory-sslsplit-'));
  const authority = selfSignedAuthority(distinguishedName('sslsplit'));
  const put = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const keyPem = (key: ReturnType<typeof newKey>) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const ca = pem(authority.der);
  const port = await getPort();
  const files = [
    ...['-c', await put('ca.pem', ca)],
    ...['-k', await put('ca.key', keyPem(authority.key))],
    // Without it every certificate would get an RSA key.
    ...['-K', await put('leaf.key', keyPem(newKey()))],
  ];
  const proxy = ['autossl', '127.0.0.1', String(port), '127.0.0.1', String(upstreamPort)];
  const server = spawn('sslsplit', [...files, ...proxy], { stdio: 'ignore' });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  await listening(port);
  return {
    pid: server.pid ?? 0,
    ca,
    account: ACCOUNT,
    ports: async () => [port],
    async stop() {
      process.off('exit', kill);
      const exit = once(server, 'exit');
      server.kill('SIGTERM');
      await exit;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listening(port: number): Promise<void> {
  for (let tries = 100; ; tries -= 1) {
    const probe = connect(port, '127.0.0.1');
    const connected = await once(probe, 'connect').then(
      () => true,
      () => false,
    );
    probe.destroy();
    if (connected) return;
    if (tries === 0) throw new Error('sslsplit does not listen.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
