/** Writes the generated parts of the documents; run by `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands } from './commands.ts';
import { documentPaths, ROOT, read } from './documents.ts';
import { masked, regenerated } from './generated.ts';
import { manPage } from './man.ts';

for (const path of await documentPaths()) {
  const text = await read(path);
  const fresh = await regenerated(text);
  if (masked(fresh) !== masked(text)) await writeFile(join(ROOT, path), fresh);
}
await writeFile(join(ROOT, 'docs/xmpp-mallory.1'), manPage(commands));
