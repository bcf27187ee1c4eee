/** The forge against OpenSSL, and against the client with a TLS of its own: what it tells, as words. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { issue } from '../../../../src/pki/issue.ts';
import { createForge } from '../../../../src/tls/records/forge.ts';
import type { Forgery } from '../../../../src/tls/records/forgery.ts';
import type { Fault } from '../../../reference-client/faults.ts';
import { startOwnTls } from '../../../reference-client/own-tls/client.ts';
import { authority, domain } from '../loopback.ts';

export const ec = await issue(authority, 'valid', { domain });
export const rsa = await issue(authority, 'valid-rsa-2048', { domain });
export const credentialFor = ({ exchange = 'ecdhe' }: Forgery) => (exchange === 'ecdhe' ? ec : rsa);

/** What was told, as words. */
export function listen(log: string[], write: (octets: Buffer) => void, done: () => void) {
  return {
    write,
    forged: ({ offered }: { offered: boolean }) => void log.push(offered ? 'forged' : 'forged, unoffered'),
    message: (name: string) => void log.push(name),
    notOffered: (what: string) => {
      log.push(`offers ${what}`);
      done();
    },
    incapable: (why: string) => {
      log.push(`incapable: ${why}`);
      done();
    },
    refused: () => {
      log.push('refused');
      done();
    },
    stray: () => void log.push('stray'),
    done,
  };
}

/** Node's client meets the forge. */
export async function openssl(forgery: Forgery, credential = credentialFor(forgery), options: ConnectionOptions = {}) {
  const log: string[] = [];
  const server = createServer((socket) => {
    const take = createForge(
      forgery,
      credential,
      listen(
        log,
        (octets) => socket.write(octets),
        () => socket.end(),
      ),
    );
    socket.on('data', take).on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', servername: domain, ca: authority.caPem, ...options });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('close', () => resolve()));
  server.close();
  return log;
}

/** The client with the named faults meets the forge. Everything happens at once. */
export function own(forgery: Forgery, faults: Fault[], alpn: string[] = []) {
  const log: string[] = [];
  const end: string[] = [];
  const toClient: Buffer[] = [];
  const toServer: Buffer[] = [];
  const server = createForge(
    forgery,
    credentialFor(forgery),
    listen(
      log,
      (o) => toClient.push(o),
      () => undefined,
    ),
  );
  const client = startOwnTls({
    serverName: domain,
    alpn,
    has: (fault) => faults.includes(fault),
    trusts: ([leaf]) => leaf?.checkHost(domain) !== undefined,
    write: (octets) => toServer.push(octets),
    wentOn: () => undefined,
    refused: (why) => {
      end.push(why);
    },
    secured: () => undefined,
    data: () => undefined,
  });
  for (;;) {
    const [up, down] = [toServer.shift(), toClient.shift()];
    if (up) server(up);
    if (down) client(down);
    if (!up && !down) return { log, end };
  }
}
