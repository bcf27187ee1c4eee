/** The runs of `run`: one for each client, and one report of them all. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../client/client.ts';
import type { ReporterSpec } from '../report/index.ts';
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

/**
 * They share the places. While the last sessions of one wait for a client that is silent, those of the next go on; its
 * controls wait for each other, so that two would leave places empty.
 */
const CLIENTS_AT_ONCE = 3;

/** Ends all of it where it is interrupted: the reports hold what was judged until then. */
export async function runOnce(
  patterns: string[],
  options: Options,
  { specs, clients, upstream }: Prepared,
): Promise<Once> {
  const several = clients.length > 1;
  const [{ run }, { createTurns }, { loadScenarios }, { liveProgress }, baselines] = await Promise.all([
    import('../run/run.ts'),
    import('../run/turns.ts'),
    import('../scenario/load.ts'),
    import('../report/live.ts'),
    Promise.all(clients.map((client) => baselineFor(options, several ? fileName(client) : null))),
  ]);
  const catalogue = await loadScenarios({ dirs: options.scenarios, limbo: options.limbo });

  const live = liveProgress(process.stderr, { verbose: options.debug });
  const interrupt = endOnSignal((name) => {
    live.stop();
    tell(`${name}: ending the clients. The report holds what was judged until now.`);
  });
  const jobs = options.jobs === 'auto' ? undefined : options.jobs;
  const inTurn = createTurns(jobs ?? availableParallelism());
  const besideOthers = createTurns(CLIENTS_AT_ONCE);
  const one = async (client: Client, at: number) => {
    if (interrupt.signal.aborted) return null;
    return run({
      ...runOptions(client, options, several),
      catalogue,
      patterns,
      upstream,
      inTurn,
      baseline: baselines[at]?.baseline,
      onProgress: several ? live.of(client.label, headline(client, at, clients.length)) : live.onProgress,
      signal: interrupt.signal,
    });
  };
  try {
    const runs = await Promise.allSettled(clients.map((client, at) => besideOthers(() => one(client, at))));
    live.stop();
    const each = runs.map((run) => (run.status === 'fulfilled' ? run.value : null));
    const reports = each.filter((report) => report !== null);
    const problems = await written(reports, { catalogue, specs, options });
    if (!interrupt.signal.aborted) problems.push(...(await saved(each, baselines, options)));
    for (const problem of problems) tell(problem);
    // Interrupted, it is no mistake of anybody's that a server never got ready.
    for (const run of runs) if (run.status === 'rejected' && !interrupt.signal.aborted) throw run.reason;
    const { worstStatus } = await import('../report/json.ts');
    const status = interrupt.signal.aborted ? 130 : problems.length > 0 ? 2 : worstStatus(reports);
    return { report: reports[0] ?? null, status };
  } finally {
    live.stop();
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

/** `reports`: of each client, or null where there is none. */
async function saved(
  reports: readonly (Report | null)[],
  before: readonly (BaselineFile | undefined)[],
  { writeBaseline }: Options,
): Promise<string[]> {
  if (writeBaseline === undefined) return [];
  const problems: string[] = [];
  for (const [at, report] of reports.entries()) {
    if (report === null) continue;
    const file = before.length > 1 ? join(writeBaseline, `${fileName(report.client)}.yaml`) : writeBaseline;
    problems.push(...(await saveBaseline(file, report, before[at]?.baseline)));
  }
  return problems;
}
