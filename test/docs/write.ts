/** Writes the generated parts of the documents; run by `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentPaths, ROOT, read } from './documents.ts';
import { masked, regenerated } from './generated.ts';

for (const path of await documentPaths()) {
  const text = await read(path);
  const fresh = await regenerated(text);
  if (masked(fresh) !== masked(text)) await writeFile(join(ROOT, path), fresh);
}
