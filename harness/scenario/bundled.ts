/**
 * The scenarios of this package. The build writes them into one JSON file, so that a program that only runs them loads
 * neither zod nor yaml; from source they are read as they are.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EMPTY_CATALOGUE } from './assemble.ts';
import type { Catalogue } from './catalogue.ts';
import { badFiles } from './problem.ts';

const fromSource = import.meta.url.endsWith('.ts');

/** Absolute. */
export const BUNDLED_FOLDER = fileURLToPath(
  new URL(fromSource ? '../../scenarios' : '../../../scenarios', import.meta.url),
);

/** The file of a folder that holds requirements and no scenario. */
export const REQUIREMENTS = 'requirements.yaml';

/** Written by the build. */
export const CATALOGUE_FILE = new URL('../../catalogue.json', import.meta.url);

export async function bundledCatalogue(): Promise<Catalogue> {
  return fromSource ? readBundled() : JSON.parse(await readFile(CATALOGUE_FILE, 'utf8'));
}

/** From the YAML files. @throws BadInput */
export async function readBundled(): Promise<Catalogue> {
  const { readFiles, scenarioFilesIn } = await import('./read.ts');
  const files = await scenarioFilesIn(BUNDLED_FOLDER);
  const { catalogue, problems } = await readFiles(files, { base: EMPTY_CATALOGUE, bundled: true });
  if (problems.length > 0) throw badFiles(problems);
  for (const scenario of catalogue.scenarios) scenario.source = scenario.source.replace(/^.*?(?=scenarios\/)/, '');
  return catalogue;
}
