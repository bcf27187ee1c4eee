/**
 * Every process group that was started here and not yet seen empty, so that nothing outlives a run. A number leaves for
 * good when its group is seen empty: from then on it may belong to a stranger, and is never signalled again.
 */

const groups = new Set<number>();

/** From now on `killAll` reaches this group, and so does the end of this process unless a signal causes it. */
export function register(pgid: number): void {
  if (groups.size === 0) process.on('exit', killAll);
  groups.add(pgid);
}

export function unregister(pgid: number): void {
  if (groups.delete(pgid) && groups.size === 0) process.off('exit', killAll);
}

/** Sends a signal (0: none, only ask) to a registered group. False, and unregistered, if nobody is left in it. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  if (!groups.has(pgid)) return false;
  try {
    process.kill(-pgid, signal);
    return true;
  } catch (error) {
    if (isAlive(error)) return true;
    unregister(pgid);
    return false;
  }
}

/** The groups that are left. */
export function liveGroups(): number[] {
  return [...groups];
}

/**
 * SIGKILL to every group, at once and without waiting: for the way out, whatever it is. It runs by itself when this
 * process exits, also after an uncaught exception. Node exits on SIGINT, SIGTERM and SIGHUP without telling anybody:
 * whoever owns the process (the command line) must handle them and call this, or `process.exit`.
 */
export function killAll(): void {
  for (const pgid of liveGroups()) signalGroup(pgid, 'SIGKILL');
}

/** EPERM: on Linux, processes of another user (sudo); on macOS, a group with nothing but zombies. */
function isAlive(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPERM' && process.platform !== 'darwin';
}
