/** Writes `dist/catalogue.json`; run by the build, from `dist`. */
import { writeFile } from 'node:fs/promises';
import { CATALOGUE_FILE, readBundled } from './bundled.ts';
import { BadInput } from './problem.ts';

try {
  await writeFile(CATALOGUE_FILE, JSON.stringify(await readBundled()));
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
