/** What `run` reads and writes besides reports: the baseline, and what is needed to get to a real server. */
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Baseline } from '../judge/baseline.ts';
import type { Report } from '../result.ts';
import type { Upstream } from '../run/options.ts';
import { BadInput } from '../scenario/problem.ts';
import type { Options } from './run.ts';
import { tell } from './terminal.ts';

export interface BaselineFile {
  file: string;
  baseline: Baseline;
}

/** `name`: of one client of several, which has a file of its own in the folder, or none. */
export async function baselineFor({ baseline }: Options, name: string | null): Promise<BaselineFile | undefined> {
  if (baseline === undefined) return undefined;
  const file = name === null ? baseline : join(baseline, `${name}.yaml`);
  if (name !== null && !existsSync(file)) {
    if (existsSync(baseline) && statSync(baseline).isDirectory()) return undefined;
    throw new BadInput(
      `--baseline ${baseline} is no folder: of several clients it takes one, with a NAME.yaml for each.`,
    );
  }
  const { loadBaseline } = await import('../judge/baseline-file.ts');
  return { file, baseline: await loadBaseline(file) };
}

export async function upstreamFor(options: Options): Promise<Upstream | undefined> {
  const { upstream, account, upstreamCa, upstreamTls } = options;
  const password = process.env.XMPP_MALLORY_PASSWORD;
  // No client, and nothing else that is started from here, may inherit it.
  delete process.env.XMPP_MALLORY_PASSWORD;
  if (upstream === undefined || account === undefined) return undefined;
  if (!password)
    throw new BadInput(`Put the password of ${account} into the environment variable XMPP_MALLORY_PASSWORD.`);
  const ca = upstreamCa === undefined ? undefined : await readFile(upstreamCa, 'utf8').catch(cannotRead(upstreamCa));
  return { ...upstream, transport: upstreamTls, ca, account, password };
}

const cannotRead = (file: string) => (error: Error) => {
  throw new BadInput(`--upstream-ca ${file} cannot be read: ${error.message}.`);
};

export async function saveBaseline(file: string, report: Report, before: Baseline | undefined): Promise<string[]> {
  const { writeBaseline } = await import('../judge/baseline-file.ts');
  const text = writeBaseline(report.results, report.client.label, before ?? null);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    return [`The baseline cannot be written to ${file}: ${error instanceof Error ? error.message : error}.`];
  }
  tell(`${file} is written. From now on: --baseline ${file}`);
  return [];
}
