/** A file of the project under test at which findings can be shown: a wire has no line numbers. */
import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Report } from '../result.ts';

/**
 * The first file that the client's command names, or else the baseline, relative to `root` with slashes; null where neither
 * stands below it, or where it came with a package.
 */
export function artifactIn(root: string, baseline?: string): (report: Report) => string | null {
  return ({ client }) => {
    for (const word of [...client.command, ...(baseline === undefined ? [] : [baseline])]) {
      const file = relative(root, resolve(root, word));
      if (file === '' || isAbsolute(file) || file.split(sep).some((part) => part === '..' || part === 'node_modules'))
        continue;
      if (statSync(resolve(root, file), { throwIfNoEntry: false })?.isFile()) return file.split(sep).join('/');
    }
    return null;
  };
}
