/** Runs a driver as the harness does: a process group of its own, an empty HOME, and the environment of the contract. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transport } from '../../../src/transcript.ts';
import type { Prosody } from './prosody.ts';

export interface Drive {
  command: string[];
  server: Prosody;
  transport: Transport;
  session: 'once' | 'stay';
  jid: string;
  password: string;
}

export interface Driven {
  ended: Promise<{ code: number | null; signal: string | null; output: string }>;
  ask(): void;
  kill(): void;
}

export async function drive({ command, server, transport, session, jid, password }: Drive): Promise<Driven> {
  const home = await mkdtemp(join(tmpdir(), 'mallory-home-'));
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      SSL_CERT_FILE: server.caFile,
      NODE_EXTRA_CA_CERTS: server.caFile,
      XMPP_HOST: '127.0.0.1',
      XMPP_PORT: String(transport === 'direct' ? server.directPort : server.c2sPort),
      XMPP_DOMAIN: jid.split('@')[1],
      XMPP_JID: jid,
      XMPP_PASSWORD: password,
      XMPP_CA_FILE: server.caFile,
      XMPP_TLS: transport,
      XMPP_SESSION: session,
      XMPP_STATE_DIR: home,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // None of the group is left.
    }
  };
  const kill = () => signalGroup('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<Awaited<Driven['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, output }));
  }).finally(() => {
    process.off('exit', kill);
    return rm(home, { recursive: true, force: true });
  });
  return { ended, ask: () => signalGroup('SIGTERM'), kill };
}
