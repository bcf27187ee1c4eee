/** What one attempt's client lives in: a network, and in it mounts and processes of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Enclosure } from '../client/client.ts';
import { settlesWithin } from '../client/within.ts';
import { entered, type Network, type Privilege } from './network.ts';
import { shippedFile } from './shipped.ts';
import { writeSystemFiles, writeTrustStore } from './system-files.ts';

export interface Room extends Enclosure {
  network: Network;
  /** Only the CAs of this file are trusted in here. To be called before anything is started. */
  trust(caFile: string): Promise<void>;
  /** Ends whatever is in it, and the room. */
  close(): Promise<void>;
}

/** Milliseconds for a room to be gone when its process 1 was told so; after that it is killed. */
const PATIENCE = 1_000;

/** `folder`: of its own. Throws Error with what the tools say, where it cannot be made. */
export async function openRoom(network: Network, privilege: Privilege, folder: string): Promise<Room> {
  await writeSystemFiles(folder);
  const [program = '', ...entry] = network.entry;
  const unshared = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--'];
  const holder = spawn(program, [...entry, ...unshared, 'sh', shippedFile('room.sh'), folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    holder.once('error', () => resolve());
    holder.once('exit', () => resolve());
  });
  holder.stdin.on('error', () => undefined);
  const { pid, counted } = await firstLine(holder, gone);

  return {
    network,
    trust: (caFile) => writeTrustStore(folder, caFile),
    words: (command) => [
      ...['nsenter', '--target', pid, ...entered(privilege), '--net', '--mount', '--pid', '--wd', '--'],
      ...(privilege === 'root' ? [] : asOneself()),
      ...command,
    ],
    terminate: () => void holder.stdin.write('\n'),
    kill: () => void holder.kill('SIGKILL'),
    inhabited: () => counted && isInhabited(pid),
    async close() {
      holder.stdin.end();
      if (!(await settlesWithin(gone, PATIENCE))) holder.kill('SIGKILL');
      await gone;
    },
  };
}

type Holder = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };

async function firstLine(holder: Holder, gone: Promise<void>): Promise<{ pid: string; counted: boolean }> {
  let complaint = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-1_000);
  });
  const line = await Promise.race([once(holder.stdout.setEncoding('utf8'), 'data'), gone]);
  if (!line) throw new Error(complaint.trim() || 'the namespaces of a client ended as soon as they were made');
  const [pid = '', counted = ''] = String(line[0]).trim().split(' ');
  return { pid, counted: counted !== '' };
}

/** Whoever is root only in a user namespace becomes oneself again: some programs refuse to run as root. */
function asOneself(): string[] {
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return ['unshare', '--user', `--map-user=${user}`, `--map-group=${group}`, '--'];
}

/** Zombies do not count: process 1 reaps nobody, and they go with it. */
function isInhabited(pid: string): boolean {
  const proc = `/proc/${pid}/root/proc`;
  try {
    return readdirSync(proc).some((name) => /^\d+$/.test(name) && name !== '1' && isAlive(`${proc}/${name}/stat`));
  } catch {
    return false;
  }
}

function isAlive(stat: string): boolean {
  try {
    return !/\) [ZX] [^)]*$/.test(readFileSync(stat, 'latin1'));
  } catch {
    return false;
  }
}
