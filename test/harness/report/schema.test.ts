/** The published schema of the report: fresh, loaded by no run, and true of real reports. */
import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import * as z from 'zod';
import { commandClient, runScenarios, type RunScenariosOptions } from '../../../harness/index.ts';
import { json } from '../../../harness/report/json.ts';
import { reportJsonSchema, reportSchema } from '../../../harness/report/schema.ts';
import type { Report } from '../../../harness/result.ts';
import type { Observation } from '../../../src/transcript.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { naiveClient } from '../../reference-client/naive.ts';

const ROOT = new URL('../../../', import.meta.url);
const published = JSON.parse(await readFile(new URL('docs/report.schema.json', ROOT), 'utf8'));
/** What somebody who has only the file would check with. */
const fromFile = z.fromJSONSchema(published);

const run = (options: Partial<RunScenariosOptions> & Pick<RunScenariosOptions, 'client'>) =>
  runScenarios({ jobs: 4, via: 'ip', transcripts: 'all', ...options });
const observationsOf = (report: Report): readonly Observation[] =>
  report.results.flatMap(({ transcript }) => transcript ?? []);
/** As a reader of the file has it. */
const written = (report: Report): Report => JSON.parse(json(report));

test('docs/report.schema.json is fresh (npm run schema)', (t) => {
  t.deepEqual(published, JSON.parse(JSON.stringify(reportJsonSchema())));
});

test('real reports are as the schema says', async (t) => {
  const attacks = ['stripping/*', 'certificate/wrong-name', 'injection/*', 'downgrade/*', 'fallback/*', 'reply/*'];
  const patterns = [...attacks, 'control/*'];
  const notThere = commandClient({ command: ['/there/is/no/such/client'], rerun: [] });
  const reports = await Promise.all([
    run({ client: naiveClient, patterns }),
    run({ client: referenceClient(), patterns }),
    run({ client: referenceClient({ faults: ['claims-online', 'skips-name', 'answers-in-clear'] }), patterns }),
    run({ client: referenceClient({ faults: ['tls-1.3-only', 'falls-back-to-clear'] }), patterns }),
    run({ client: notThere, patterns: ['control/login'] }),
    run({ client: async () => ({ result: 'unsupported' }), patterns: ['stripping/*'], transcripts: 'findings' }),
  ]);
  const types = new Set<string>();
  for (const report of reports.map(written)) {
    t.deepEqual(reportSchema.safeParse(report).error?.issues, undefined);
    t.deepEqual(fromFile.safeParse(report).error?.issues, undefined);
    for (const { type } of observationsOf(report)) types.add(type);
  }
  console.log([...types], reports.map((r) => [r.durationMs, r.selected]));
});
