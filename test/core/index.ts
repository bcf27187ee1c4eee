/**
 * `npm run core`: chooses the core from the matrix, and writes `scenarios/core.yaml` and `docs/core.md`. With `--measure` it
 * first measures what the matrix lacks, with `--measure-all` everything.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, read } from '../docs/documents.ts';
import { regenerated } from '../docs/generated.ts';
import { coreText } from './curve.ts';
import { readMatrix, writeMatrix } from './matrix.ts';
import { measure } from './measure.ts';

const words = process.argv.slice(2);
if (words.some((word) => word.startsWith('--measure'))) {
  const before = words.includes('--measure-all') ? null : await readMatrix().catch(() => null);
  await writeMatrix(await measure(before, console.log));
}
await writeFile(join(ROOT, 'scenarios/core.yaml'), coreText(await readMatrix()));
await writeFile(join(ROOT, 'docs/core.md'), await regenerated(await read('docs/core.md')));
