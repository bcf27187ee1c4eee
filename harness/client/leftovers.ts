/**
 * Ends what a program leaves behind. A program in a terminal is in a session of its own, and one that daemonises in another;
 * but all inherit their environment, and a variable of the session's own stands in it. Only on Linux: elsewhere nobody can
 * tell whose a process is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between SIGTERM and SIGKILL; the harness gives a client 1,000 in all. */
const GRACE = 400;
const PATIENCE = 300;
const LOOK = 10;
/** Milliseconds between two looks, where nothing is in a hurry. */
const SLOW_LOOK = 50;

/**
 * @param mark `NAME=VALUE` in the environment that they were started with.
 * Settles once nobody is left; never sooner than the first look.
 */
export async function vanished(mark: string, stopped: () => boolean): Promise<void> {
  while (!stopped() && belonging(mark).length > 0) await sleep(SLOW_LOOK);
}

/** @param spared it ends by itself when the others have ended, and is killed with them at the latest. */
export async function endLeftovers(mark: string, spared?: number): Promise<void> {
  if (await gone(mark, spared, 'SIGTERM', GRACE)) return;
  await gone(mark, undefined, 'SIGKILL', PATIENCE);
}

/** False: some live longer than `limit` milliseconds. Who is started meanwhile gets the signal as well. */
async function gone(mark: string, spared: number | undefined, signal: NodeJS.Signals, limit: number): Promise<boolean> {
  const told = new Set(spared === undefined ? [] : [spared]);
  const until = performance.now() + limit;
  for (;;) {
    const left = belonging(mark);
    if (left.length === 0) return true;
    if (performance.now() > until) return false;
    for (const pid of left) if (!told.has(pid)) kill(pid, signal);
    for (const pid of left) told.add(pid);
    await sleep(LOOK);
  }
}

function belonging(mark: string): number[] {
  return numbers().filter((pid) => environmentOf(pid).includes(mark));
}

function numbers(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
