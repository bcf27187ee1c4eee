/** The published schema of the report: fresh, and true of real reports. */
import { readFile } from 'node:fs/promises';
import test from 'ava';
import * as z from 'zod';
import { type Connect, commandClient, type RunScenariosOptions, runScenarios } from '../../../harness/index.ts';
import { json } from '../../../harness/report/json.ts';
import { reportJsonSchema, reportSchema } from '../../../harness/report/schema.ts';
import type { Report } from '../../../harness/result.ts';
import type { Observation } from '../../../src/transcript.ts';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';
import { naiveClient } from '../../reference-client/naive.ts';
import { referenceServer } from '../../reference-server/server.ts';

const ROOT = new URL('../../../', import.meta.url);
const published = JSON.parse(await readFile(new URL('docs/report.schema.json', ROOT), 'utf8'));
/** What somebody who has only the file would check with. */
const fromFile = z.fromJSONSchema(published);

const run = (options: Partial<RunScenariosOptions> & Pick<RunScenariosOptions, 'client'>) =>
  runScenarios({ jobs: 4, via: 'ip', transcripts: 'all', ...options });
const observationsOf = (report: Report): readonly Observation[] =>
  report.results.flatMap(({ transcript }) => transcript ?? []);
const USUAL = `
  started not-started connected stream-open element client-hello flight handshake failed authenticated bound action
  claim exit flood limit accepted client-certificate fulfilled closed end`;
/** As a reader of the file has it. */
const written = (report: Report): Report => JSON.parse(json([report]));

test('docs/report.schema.json is fresh (npm run schema)', (t) => {
  t.deepEqual(published, JSON.parse(JSON.stringify(reportJsonSchema())));
});

test('real reports are as the schema says', async (t) => {
  const patterns = ['control/login', 'stripping/starttls-removed-*', 'certificate/wrong-name', 'injection/iq-*'];
  patterns.push('downgrade/null-cipher', 'downgrade/alert-handshake-failure', 'fallback/stripped-after-login-scram');
  patterns.push('header/banner-http', 'reply/stream-error-internal-server-error');
  const faults: Fault[] = ['claims-online', 'skips-name', 'answers-in-clear', 'falls-back-to-clear'];
  const command = (...words: string[]) => commandClient({ command: words, rerun: [] });
  const chatter = command(process.execPath, '-e', "process.stdout.write('x'.repeat(3e6))");
  const silent: Connect = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('told to stop'))));
  const reports = await Promise.all([
    run({ client: naiveClient, patterns }),
    run({ client: referenceClient(), patterns }),
    run({ client: referenceClient({ faults }), patterns }),
    run({ client: referenceServer(), patterns: ['control/login'] }),
    run({ client: command('/no/such/client'), patterns: ['control/login'] }),
    run({ client: chatter, patterns: ['control/login'] }),
    run({ client: silent, patterns: ['control/login'], timeoutMs: 200 }),
    run({ client: async () => ({ result: 'unsupported' }), patterns: ['stripping/*'], transcripts: 'findings' }),
  ]);
  const types = new Set<string>();
  for (const report of reports.map(written)) {
    t.deepEqual(reportSchema.safeParse(report).error?.issues, undefined);
    t.deepEqual(fromFile.safeParse(report).error?.issues, undefined);
    for (const { type } of observationsOf(report)) types.add(type);
  }
  // Else the above says little.
  for (const type of USUAL.trim().split(/\s+/)) t.true(types.has(type), type);
});

test('what the schema does not know is refused', async (t) => {
  const report = written(await run({ client: naiveClient, patterns: ['control/login'], transport: 'starttls' }));
  const [result] = report.results;
  const [first, ...rest] = result?.transcript ?? [];
  t.true(first !== undefined && reportSchema.safeParse(report).success);
  const changed: [string, object][] = [
    ['a new type', { ...first, type: 'novel' }],
    ['a new field', { ...first, novel: 1 }],
    ['another layer', { ...first, layer: 'xmpp' }],
    ['a missing field', { ...first, t: undefined }],
  ];
  for (const [what, observation] of changed) {
    const wrong = JSON.parse(
      JSON.stringify({ ...report, results: [{ ...result, transcript: [observation, ...rest] }] }),
    );
    t.false(reportSchema.safeParse(wrong).success, what);
    t.false(fromFile.safeParse(wrong).success, what);
  }
});
