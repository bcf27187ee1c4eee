/**
 * Results of earlier runs. They count only where nothing that could change them has changed: the client's version, which
 * somebody has to tell, the scenarios, this program, the options and Node with its OpenSSL. What failed or could not be
 * judged is never taken from here.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result, Verdict } from '../result.ts';
import { BadInput } from '../scenario/problem.ts';
import type { Selected } from '../scenario/select.ts';
import { VERSION } from '../version.ts';
import type { RunOptions } from './options.ts';

export interface Cache {
  /** The result of an earlier run, marked as such. */
  find(selected: Selected): Result | null;
  /** Adds what may be taken from here another time. @returns a sentence if that cannot be written, else null. */
  save(results: readonly Result[]): Promise<string | null>;
}

const REUSED: readonly Verdict[] = ['pass', 'warn', 'skip'];

/** What stands before the reason of a result from here. */
const CACHED = 'cached';

/** @throws BadInput where results may not be kept: without the client's version, or through a real server. */
export async function openCache(dir: string, options: RunOptions): Promise<Cache> {
  if (options.client.version === null)
    throw new BadInput('--cache needs the version of the client: say --client-version, such as the hash of its build.');
  if (options.upstream)
    throw new BadInput('--cache is of no use with --upstream: nobody knows whether that server has changed.');
  const file = join(dir, `${keyOf(options)}.json`);
  const known = new Map(
    (await earlier(file)).map((result) => [`${result.id},${result.transport},${result.via}`, result]),
  );
  return {
    find({ scenario, transport, vias }) {
      for (const via of vias) {
        const result = known.get(`${scenario.id},${transport},${via}`);
        if (result) return { ...result, reason: [CACHED, result.reason].filter(Boolean).join(': ') };
      }
      return null;
    },
    async save(results) {
      for (const result of results) {
        if (!REUSED.includes(result.verdict) || result.reason?.startsWith(CACHED)) continue;
        known.set(`${result.id},${result.transport},${result.via}`, result);
      }
      try {
        await mkdir(dir, { recursive: true });
        // Another run may be reading it.
        await writeFile(`${file}.${process.pid}`, JSON.stringify([...known.values()]));
        await rename(`${file}.${process.pid}`, file);
        return null;
      } catch (error) {
        return `The results cannot be kept in ${dir}: ${error instanceof Error ? error.message : error}.`;
      }
    },
  };
}

/** The words of a rerun hold the options that change what is seen, or what is made of it. */
function keyOf({ catalogue, client, ...options }: RunOptions): string {
  const { rerun, policy, timeoutMs, seed, repeat, transcripts, confine } = options;
  const said = [
    VERSION,
    catalogue.hash,
    [client.label, client.version, client.command, client.rerun],
    [rerun, policy, timeoutMs, seed, repeat, transcripts, confine].map((one) => one ?? null),
    [process.version, process.versions.openssl, process.platform, process.arch],
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** A file that is not there, or no cache, holds nothing. */
async function earlier(file: string): Promise<Result[]> {
  try {
    const results: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(results) ? results : [];
  } catch {
    return [];
  }
}
