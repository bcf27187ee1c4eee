/**
 * Confinement: each client runs in a network, mounts and processes of its own, and sees nobody but Mallory. Networks are
 * used again, one client after another, because each has a process that opens its sockets; rooms are not, so nothing that a
 * client leaves behind reaches the next one. Both are made ahead.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from '../scenario/problem.ts';
import { type Network, openNetwork, type Privilege } from './network.ts';
import { openRoom, type Room } from './room.ts';

export type { Room } from './room.ts';

export interface Confinement {
  /** A room that nobody else is in. Throws Error where none can be made any more. */
  enter(): Promise<Room>;
  /** To be called when its client has ended. */
  leave(room: Room): Promise<void>;
  close(): Promise<void>;
}

/** One network, and the room for the next client in it. */
interface Place {
  network: Network;
  next: Promise<Room>;
}

/** @throws BadInput where this machine does not allow it. */
export async function openConfinement(directory: string): Promise<Confinement> {
  const { privilege, network } = await firstNetwork();
  const places: Place[] = [];
  const opening = new Set<Promise<void>>();
  let rooms = 0;
  let closed = false;

  /** No two rooms share one: the trust store of each is its own. */
  function nextFolder(): string {
    rooms += 1;
    return join(directory, `room-${rooms}`);
  }

  function offer(of: Network): void {
    const next = openRoom(of, privilege, nextFolder());
    // Whoever enters it is told.
    next.catch(() => undefined);
    places.push({ network: of, next });
  }

  /** Where it fails, whoever needs it will find out. */
  function makeSpare(): void {
    const made = openNetwork(privilege).then(offer, () => undefined);
    opening.add(made);
    made.then(() => opening.delete(made));
  }

  offer(network);
  const first = await places[0]?.next.catch((error: Error) => error);
  if (first instanceof Error) {
    network.close();
    throw new BadInput(sentence(first.message));
  }

  return {
    async enter() {
      const place = places.shift();
      // The next one to come shall not have to wait.
      if (places.length === 0 && opening.size === 0) makeSpare();
      if (place?.network.alive()) return place.next;
      return openRoom(await openNetwork(privilege), privilege, nextFolder());
    },
    async leave(room) {
      await room.close();
      if (closed || !room.network.alive()) room.network.close();
      else offer(room.network);
    },
    async close() {
      closed = true;
      await Promise.all(opening);
      await Promise.all(
        places.map(async ({ network: of, next }) => {
          const room = await next.catch(() => null);
          await room?.close();
          of.close();
        }),
      );
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Root may be forbidden to, in a container, and still be allowed a user namespace. */
async function firstNetwork(): Promise<{ privilege: Privilege; network: Network }> {
  if (process.platform !== 'linux') throw new BadInput('--confine needs the namespaces of Linux.');
  const ways: Privilege[] = process.getuid?.() === 0 ? ['root', 'user-namespace'] : ['user-namespace'];
  let why = '';
  for (const privilege of ways) {
    try {
      return { privilege, network: await openNetwork(privilege) };
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  throw new BadInput(sentence(why));
}

function sentence(why: string): string {
  const way = /ENOENT|not found/.test(why)
    ? 'Install util-linux (unshare, nsenter, mount) and iproute2 (ip).'
    : 'Run it as root, or allow unprivileged user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a container also its seccomp profile).';
  return `--confine does not work on this machine: ${why.replaceAll('\n', '; ')}. ${way}`;
}
