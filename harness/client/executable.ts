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
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return 'ENOENT';
  if (!found.isFile()) return 'EACCES';
  try {
    accessSync(file, constants.X_OK);
    return null;
  } catch {
    return 'EACCES';
  }
}
