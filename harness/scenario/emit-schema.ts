/** Writes `scenarios/schema.json` and `docs/report.schema.json`; run by `npm run schema`. */
import { writeFile } from 'node:fs/promises';
import { reportJsonSchema } from '../report/schema.ts';
import { scenarioJsonSchema } from './schema.ts';

const emitted = {
  'scenarios/schema.json': scenarioJsonSchema(),
  'docs/report.schema.json': reportJsonSchema(),
};
for (const [path, schema] of Object.entries(emitted)) {
  await writeFile(new URL(`../../${path}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
