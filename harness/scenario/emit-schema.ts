/** Writes `scenarios/schema.json`; run by `npm run schema`. */
import { writeFile } from 'node:fs/promises';
import { scenarioJsonSchema } from './schema.ts';

const file = new URL('../../scenarios/schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
