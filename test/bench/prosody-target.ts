/** Prosody as a target of load: accounts hashed, and no log of every octet. */
import { readFileSync } from 'node:fs';
import { startProsody } from '../harness/clients/prosody.ts';
import type { Running } from './load.ts';
import { ACCOUNT } from './mallory.ts';

export async function startProsodyTarget(): Promise<Running & { port: number }> {
  const { domain, localpart, password } = ACCOUNT;
  const users = { [`${localpart}@${domain}`]: password };
  const server = await startProsody({ users, domains: [domain], authentication: 'internal_hashed', logLevel: 'info' });
  return {
    pid: server.pid,
    port: server.c2sPort,
    ca: readFileSync(server.caFile, 'utf8'),
    account: ACCOUNT,
    ports: async () => [server.c2sPort],
    stop: server.stop,
  };
}
