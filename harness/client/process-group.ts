/** The process group of a client, which lives on when the client's main process leaves children behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Enclosure } from './client.ts';
import { register, signalGroup, unregister } from './registry.ts';
import { settlesWithin } from './within.ts';
import { zombieWatch } from './zombies.ts';

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 1_000;
/** Milliseconds after SIGKILL; what is left then waits for a disk, or is another user's. */
const PATIENCE = 2_000;
/** Milliseconds between two looks at a group without its leader, at first and at most. */
const FIRST_LOOK = 2;
const SLOWEST_LOOK = 100;

export interface ProcessGroup {
  /** Settles once no process of the group, or of its enclosure, is left, or once `terminate` gave up. Never rejects. */
  gone: Promise<void>;
  /** SIGTERM, after 1 s SIGKILL; settles with `gone`, 3 s later at most. */
  terminate(): Promise<void>;
}

/**
 * @param leaderExit settles when the leader was reaped: no sooner can its group be empty. Must not reject.
 * @param enclosure what the group is shut up in: everybody in there belongs to the client, whatever group it is in.
 */
export function watchGroup(pgid: number, leaderExit: Promise<unknown>, enclosure?: Enclosure | null): ProcessGroup {
  let look: 0 | 'SIGKILL' = 0;
  let givenUp = false;
  let termination: Promise<void> | undefined;
  register(pgid);

  // Nothing tells that the last orphan of a group ended. Nearly always the first look finds the group empty.
  const emptied = leaderExit.then(async () => {
    const onlyZombies = zombieWatch(pgid);
    const groupLives = () => signalGroup(pgid, look) && !onlyZombies();
    for (let pause = FIRST_LOOK; groupLives() || enclosure?.inhabited(); pause = Math.min(2 * pause, SLOWEST_LOOK)) {
      await sleep(pause);
      if (givenUp) return;
    }
  });
  let giveUp: () => void = () => undefined;
  const abandoned = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const gone = Promise.race([emptied, abandoned]).then(() => {
    givenUp = true;
    unregister(pgid);
  });

  return {
    gone,
    terminate: () => {
      termination ??= terminate();
      return termination;
    },
  };

  async function terminate(): Promise<void> {
    if (!askToEnd() || (await settlesWithin(gone, GRACE))) return gone;
    // From here on each look kills again: macOS may miss a child that is forked at this moment.
    look = 'SIGKILL';
    signalGroup(pgid, look);
    enclosure?.kill();
    if (!(await settlesWithin(gone, PATIENCE))) giveUp();
    return gone;
  }

  /** False: nobody is left. */
  function askToEnd(): boolean {
    if (!enclosure) return signalGroup(pgid, 'SIGTERM');
    // Not to the group: its leader is outside, and has to tell how the client ended.
    enclosure.terminate();
    return signalGroup(pgid, 0) || enclosure.inhabited();
  }
}
