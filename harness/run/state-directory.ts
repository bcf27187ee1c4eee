/** Where a client keeps what it keeps from one connection to the next, and what `--keep` leaves of that. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keepMasked } from './kept.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import type { World } from './world.ts';

type Folders = Pick<World, 'keep' | 'relay' | 'directory'>;

export interface StateDirectory {
  path: string;
  /** Leaves what is to be kept, and removes the rest. */
  settle(): Promise<void>;
}

export async function stateDirectory({ keep, relay, directory }: Folders, plan: AttemptPlan): Promise<StateDirectory> {
  const name = directoryOf(plan);
  // The password of a real account never gets into a folder that stays.
  const path = keep === null || relay ? await mkdtemp(join(directory, 'state-')) : await emptied(join(keep, name));
  return {
    path,
    async settle() {
      if (keep !== null && relay) await keepMasked(path, join(keep, name), relay.mask);
      if (keep === null || relay) await rm(path, { recursive: true, force: true, maxRetries: 2 });
    },
  };
}

async function emptied(directory: string): Promise<string> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  return directory;
}

/** The name of an attempt as that of a folder, or of a file. */
export function directoryOf({ name, repetition }: Pick<AttemptPlan, 'name' | 'repetition'>): string {
  return `${name.replaceAll(/[^\w.,-]+/g, '_')}${repetition > 1 ? `.${repetition}` : ''}`;
}
