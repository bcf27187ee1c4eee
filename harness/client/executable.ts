import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Looks for a program as execvp does. Throws what `spawn` would: an Error with the code ENOENT or EACCES. */
export function mustBeExecutable(program: string, path = ''): void {
  const candidates = program.includes('/') ? [program] : path.split(':').map((folder) => join(folder || '.', program));
  const codes = candidates.map(failure);
  if (codes.includes(null)) return;
  const code = codes.includes('EACCES') ? 'EACCES' : 'ENOENT';
  throw Object.assign(new Error(`${code}: ${program}`), { code });
}

/** Null: it can be executed. */
function failure(file: string): 'ENOENT' | 'EACCES' | null {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found) return 'ENOENT';
    accessSync(file, constants.X_OK);
    return found.isFile() ? null : 'EACCES';
  } catch (error) {
    // As execvp goes on behind what is in the way, and behind a folder that one must not read.
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR' ? 'ENOENT' : 'EACCES';
  }
}
