/** `npm ci` refuses a lock file that leaves out a platform, and npm leaves out what its registry cannot give it. */
import { readFile } from 'node:fs/promises';
import test from 'ava';

interface Locked {
  version?: string;
  optionalDependencies?: Record<string, string>;
}

test('the lock file has every optional dependency', async (t) => {
  const file = new URL('../../package-lock.json', import.meta.url);
  const { packages } = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, Locked> };
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages))
    for (const name of Object.keys(optionalDependencies))
      t.truthy(packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`], `${path}: ${name}`);
});
