import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { Client, Endpoint, RunningClient } from '../../../harness/client/client.ts';
import { commandClient } from '../../../harness/client/command.ts';
import type { Claim, Happening } from '../../../src/transcript.ts';

export function endpoint(overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    host: '127.0.0.1',
    port: 5222,
    domain: 'a.example.test',
    jid: 'juliet@a.example.test',
    password: 'p4ss',
    caFile: '/ca.pem',
    tls: 'starttls',
    via: 'ip',
    session: 'once',
    stateDir: '/state',
    certFile: null,
    keyFile: null,
    ...overrides,
  };
}

export interface Session {
  running: RunningClient;
  stateDir: string;
  happenings: Happening[];
  types(): string[];
  claims(): Claim[];
  /** Resolves with the first claim: the client's way to say that it is ready. */
  firstClaim: Promise<Claim>;
}

/** Starts a client with a state directory of its own; it ends with the test. */
export async function start(t: ExecutionContext, client: Client, overrides: Partial<Endpoint> = {}): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-client-'));
  const stateDir = join(folder, 'state');
  const happenings: Happening[] = [];
  let onClaim: (claim: Claim) => void = () => undefined;
  const firstClaim = new Promise<Claim>((resolve) => {
    onClaim = resolve;
  });
  const running = client.start(
    endpoint({ stateDir, ...overrides }),
    (happening) => {
      happenings.push(happening);
      if (happening.layer === 'process' && happening.type === 'claim') onClaim(happening.claim);
    },
    'attack',
  );
  t.teardown(async () => {
    await running.terminate();
    await rm(folder, { recursive: true });
  });
  return {
    running,
    stateDir,
    happenings,
    types: () => happenings.map(({ type }) => type),
    claims: () => happenings.flatMap((it) => (it.layer === 'process' && it.type === 'claim' ? [it.claim] : [])),
    firstClaim,
  };
}

export function shell(script: string, options: { keepOutput?: boolean } = {}): Client {
  return commandClient({ command: ['sh', '-c', script], rerun: [], ...options });
}

export function node(script: string): Client {
  return commandClient({ command: [process.execPath, '-e', script], rerun: [] });
}

/** A line of shell that claims to be online, with what the shell makes of `reason` in it. */
export function claim(reason: string): string {
  return `echo '{"result":"online","reason":"'"${reason}"'"}'`;
}

/** The numbers in a claim's reason. */
export function pids({ reason = '' }: Claim): number[] {
  return reason.split(' ').map(Number);
}

/** A zombie is gone: who reaps it, and when, is the business of this machine's process 1. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  if (process.platform !== 'linux') return false;
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

/** For what sends no event. AVA's own limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
