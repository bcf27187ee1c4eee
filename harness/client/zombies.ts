import { readdirSync, readFileSync } from 'node:fs';

/**
 * Returns how to ask whether a group that still answers to signals holds nothing but zombies. Orphans belong to process 1,
 * and in a container that is often a program that never reaps: the group would seem to live for ever. Linux only; elsewhere,
 * and where /proc hides the group, the answer is false.
 */
export function zombieWatch(pgid: number): () => boolean {
  if (process.platform !== 'linux') return () => false;
  // Reading all of /proc takes milliseconds: while one member is known to live, it is asked alone.
  let witness: string | undefined;
  return () => {
    if (witness !== undefined && stateIn(pgid, witness) === 'alive') return false;
    const members = processes().map((pid) => ({ pid, state: stateIn(pgid, pid) }));
    witness = members.find(({ state }) => state === 'alive')?.pid;
    return witness === undefined && members.some(({ state }) => state === 'zombie');
  };
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Null: not in this group, or gone. */
function stateIn(pgid: number, pid: string): 'alive' | 'zombie' | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // pid (name) state ppid pgrp ...: the name may hold blanks and parentheses.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
    if (Number(group) !== pgid) return null;
    return state === 'Z' || state === 'X' ? 'zombie' : 'alive';
  } catch {
    return null;
  }
}
