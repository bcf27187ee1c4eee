/** Where scenarios come from: the bundled ones, and folders of the user's own. */

import { EMPTY_CATALOGUE } from './assemble.ts';
import { bundledCatalogue } from './bundled.ts';
import type { Catalogue } from './catalogue.ts';
import { badFiles } from './problem.ts';

export interface LoadOptions {
  /** Folders whose `*.yaml`, at any depth, are scenario files; `requirements.yaml` holds more requirements. */
  dirs?: readonly string[] | undefined;
  /** Files of x509-limbo suites: their server-authentication cases become scenarios `limbo/ID`. */
  limbo?: readonly string[] | undefined;
  /** Default: true. */
  bundled?: boolean | undefined;
}

/** @throws BadInput with a sentence for each mistake: file, line, column and what would have been right. */
export async function loadScenarios({ dirs = [], limbo = [], bundled = true }: LoadOptions = {}): Promise<Catalogue> {
  let catalogue = bundled ? await bundledCatalogue() : EMPTY_CATALOGUE;
  for (const dir of dirs) {
    const { readFiles, scenarioFilesIn } = await import('./read.ts');
    const read = await readFiles(await scenarioFilesIn(dir), { base: catalogue });
    if (read.problems.length > 0) throw badFiles(read.problems);
    catalogue = read.catalogue;
  }
  for (const path of limbo) {
    const { withLimbo } = await import('../limbo/scenarios.ts');
    catalogue = await withLimbo(catalogue, path);
  }
  return catalogue;
}
