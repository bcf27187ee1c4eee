/** The runs of `run`: one for each client, one after the other, and one report of them all. */
import { join } from 'node:path';
import type { Client } from '../client/client.ts';
import type { ReporterSpec } from '../report/index.ts';
import type { Live } from '../report/live.ts';
import type { Report } from '../result.ts';
import type { RunOptions, Upstream } from '../run/options.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import type { Once } from '../watch/watch.ts';
import { endOnSignal } from './interrupt.ts';
import type { Options } from './run.ts';
import { rerunWords } from './run-client.ts';
import { type BaselineFile, baselineFor, saveBaseline } from './run-files.ts';
import { print, tell } from './terminal.ts';

export interface Prepared {
  specs: ReporterSpec[];
  clients: readonly [Client, ...Client[]];
  upstream: Upstream | undefined;
}

/** Ends all of it where it is interrupted: the reports hold what was judged until then. */
export async function runOnce(
  patterns: string[],
  options: Options,
  { specs, clients, upstream }: Prepared,
): Promise<Once> {
  const [{ run }, { loadScenarios }, { liveProgress }, baselines] = await Promise.all([
    import('../run/run.ts'),
    import('../scenario/load.ts'),
    import('../report/live.ts'),
    Promise.all(clients.map((client) => baselineFor(options, clients.length > 1 ? fileName(client) : null))),
  ]);
  const catalogue = await loadScenarios({ dirs: options.scenarios, limbo: options.limbo });

  let live: Live | undefined;
  const interrupt = endOnSignal((name) => {
    live?.stop();
    tell(`${name}: ending the clients. The report holds what was judged until now.`);
  });
  const reports: Report[] = [];
  try {
    for (const [at, client] of clients.entries()) {
      if (interrupt.signal.aborted) break;
      if (clients.length > 1) tell(headline(client, at, clients.length));
      live = liveProgress(process.stderr, { verbose: options.debug });
      const report = await run({
        ...runOptions(client, options, clients.length > 1),
        catalogue,
        patterns,
        upstream,
        baseline: baselines[at]?.baseline,
        onProgress: live.onProgress,
        signal: interrupt.signal,
      });
      live.stop();
      reports.push(report);
    }
    const problems = await written(reports, { catalogue, specs, options });
    if (!interrupt.signal.aborted) problems.push(...(await saved(reports, baselines, options)));
    for (const problem of problems) tell(problem);
    const { worstStatus } = await import('../report/json.ts');
    const status = interrupt.signal.aborted ? 130 : problems.length > 0 ? 2 : worstStatus(reports);
    return { report: reports[0] ?? null, status };
  } finally {
    live?.stop();
    interrupt.dispose();
  }
}

function headline(client: Client, at: number, of: number): string {
  const name = [client.label, client.version].filter(Boolean).join(' ');
  return `${at + 1} of ${of}: ${name}${client.confined ? ', confined' : ''}`;
}

/** A label may be the path of a recipe. */
const fileName = ({ label }: { label: string }) => label.replace(/[^\w.-]+/g, '_');

function runOptions(client: Client, options: Options, several: boolean): Omit<RunOptions, 'catalogue' | 'patterns'> {
  const own = (folder: string | undefined) =>
    folder === undefined || !several ? folder : join(folder, fileName(client));
  return {
    client,
    confine: options.confine,
    shard: options.shard,
    core: options.core,
    transport: options.tls,
    via: options.via,
    policy: options.policy,
    jobs: options.jobs === 'auto' ? undefined : options.jobs,
    timeoutMs: options.timeout,
    strict: options.strict,
    transcripts: options.transcripts,
    keep: own(options.keep),
    pcap: own(options.pcap),
    cache: options.cache,
    seed: options.seed,
    repeat: options.repeat,
    rerun: rerunWords(options),
  };
}

interface Shown {
  catalogue: Catalogue;
  specs: ReporterSpec[];
  options: Options;
}

async function written(reports: readonly Report[], { catalogue, specs, options }: Shown): Promise<string[]> {
  const [first, ...others] = reports;
  if (!first) return [];
  const [{ writeReports }, { artifactIn }, { paintFor }] = await Promise.all([
    import('../report/index.ts'),
    import('../report/artifact.ts'),
    import('../report/colour.ts'),
  ]);
  const { requirements, scenarios } = catalogue;
  const artifact = artifactIn(process.cwd(), others.length > 0 ? undefined : options.baseline);
  const context = { requirements, scenarios, artifact, paint: paintFor(process.stdout) };
  return writeReports([first, ...others], specs, context, print);
}

async function saved(
  reports: readonly Report[],
  before: readonly (BaselineFile | undefined)[],
  { writeBaseline }: Options,
): Promise<string[]> {
  if (writeBaseline === undefined) return [];
  const problems: string[] = [];
  for (const [at, report] of reports.entries()) {
    const file = before.length > 1 ? join(writeBaseline, `${fileName(report.client)}.yaml`) : writeBaseline;
    problems.push(...(await saveBaseline(file, report, before[at]?.baseline)));
  }
  return problems;
}
