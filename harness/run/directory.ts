/** The folder of a run's own, and those of runs that were killed before they could remove theirs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwritable } from './ca-file.ts';

const PREFIX = 'xmpp-mallory-';
/** In each folder: whose it is. */
const OWNER = '.owner';

/** @throws BadInput where none can be made. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), PREFIX)).catch(unwritable(`A folder in ${tmpdir()}`));
  const owner = ownerOf(process.pid);
  if (owner) await writeFile(join(directory, OWNER), owner).catch(unwritable(`A file in ${directory}`));
  return directory;
}

/** Removes what killed runs of this user left on this machine. Never rejects; nothing waits for it. Linux only. */
export async function removeStale(parent = tmpdir()): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const ours = names.filter((name) => name.startsWith(PREFIX)).map((name) => join(parent, name));
  await Promise.allSettled(ours.map(async (one) => (await isStale(one)) && rm(one, { recursive: true, force: true })));
}

async function isStale(directory: string): Promise<boolean> {
  const { uid } = await lstat(directory);
  if (uid !== process.getuid?.()) return false;
  const owner = await readFile(join(directory, OWNER), 'utf8');
  const pid = Number(owner.split(' ', 1)[0]);
  // Of another boot, or another container with the same folder: nobody here can tell whether it lives.
  return machineOf(owner) === machineOf(ownerOf(process.pid) ?? '') && ownerOf(pid) !== owner;
}

/** A number alone would soon be another process': with the time at which it started, where it can be known. */
function ownerOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${pid} ${started} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

const machineOf = (owner: string) => owner.split(' ').slice(2).join(' ');
