/** Waits until a file changes below a folder. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { BadInput } from '../scenario/problem.ts';

export interface Changes {
  /** Settles with the path of the first change, once things have been quiet for a moment after it. */
  changed: Promise<string>;
  close(): void;
}

/** What no driver is written in, wherever it stands. */
const NEVER = new Set(['node_modules', '.git', '.hg', 'dist', 'target', '__pycache__', '.venv', 'venv']);
/** Editors write a file in several steps, and their helpers beside it. Milliseconds. */
const QUIET = 100;
/** Each takes a place in a table of the system's. */
const MOST = 4_000;

/**
 * Watches each folder by itself: `recursive` would take in those, too, that are left out, and on Linux walks through them.
 *
 * @param ignored Files and folders that are written by ourselves.
 * @throws BadInput if the folder cannot be read, or has more folders in it than can be watched.
 */
export async function watchChanges(folder: string, ignored: readonly string[]): Promise<Changes> {
  const own = ignored.map((path) => resolve(path));
  const isIgnored = (path: string) => own.some((one) => path === one || path.startsWith(`${one}${sep}`));
  const watchers = new Map<string, FSWatcher>();
  let [quiet, first]: [NodeJS.Timeout | undefined, string | undefined] = [undefined, undefined];
  let settle: (path: string) => void = () => undefined;
  const changed = new Promise<string>((found) => {
    settle = found;
  });

  const onChange = (inside: string, name: string | null) => {
    const path = join(inside, name ?? '');
    if ((name !== null && NEVER.has(name)) || isIgnored(resolve(path))) return;
    first ??= path;
    clearTimeout(quiet);
    quiet = setTimeout(settle, QUIET, first);
  };
  const add = async (inside: string): Promise<void> => {
    if (watchers.has(inside) || isIgnored(resolve(inside))) return;
    if (watchers.size >= MOST) throw new BadInput(tooMany(folder));
    const watcher = watch(inside, (_, name) => onChange(inside, name));
    // The folder may be deleted: that is a change of the one around it.
    watcher.on('error', () => undefined);
    watchers.set(inside, watcher);
    const entries = await readdir(inside, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory() && !NEVER.has(entry.name)) await add(join(inside, entry.name));
  };
  const close = () => {
    clearTimeout(quiet);
    for (const watcher of watchers.values()) watcher.close();
  };
  try {
    await add(folder);
  } catch (error) {
    close();
    if (error instanceof BadInput) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOSPC' || code === 'EMFILE') throw new BadInput(tooMany(folder));
    throw new BadInput(`${folder} cannot be watched: ${error instanceof Error ? error.message : error}.`);
  }
  return { changed, close };
}

const tooMany = (folder: string) =>
  `${folder} has more folders in it than can be watched: name a smaller one with --watch-dir.`;
