/** The core: 40 scenarios that catch most for their time, for where there is no time for all (docs/core.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLED_FOLDER } from './bundled.ts';

/** Written by `npm run core`; it lies among the scenarios and is none. */
export const CORE_FILE: string = join(BUNDLED_FOLDER, 'core.yaml');

/** The ids, the one that catches most for its time first. */
export async function coreIds(): Promise<string[]> {
  const { parse } = await import('yaml');
  return parse(await readFile(CORE_FILE, 'utf8'));
}
