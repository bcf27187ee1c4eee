/** Writes `dist/catalogue.json`; run by the build, from `dist`. */
import { writeFile } from 'node:fs/promises';
import { CATALOGUE_FILE, readBundled } from './bundled.ts';

await writeFile(CATALOGUE_FILE, JSON.stringify(await readBundled()));
