/** What it costs to shut each client up in namespaces of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../harness/result.ts';
import { CLI } from './cli.ts';
import type { Figure } from './figure.ts';
import { inTurns, median } from './rounds.ts';

const CLIENT = [process.execPath, '--import=tsx', fileURLToPath(new URL('timed-client.ts', import.meta.url))];
const PATTERNS = ['control/login', 'interop/p*'];
const ROUNDS = 2;

export const confine: Figure = {
  name: 'confine',
  title: 'the same run with and without --confine; the client is a process that logs in, one at a time',
  async measure() {
    const { free, confined } = await inTurns(ROUNDS, {
      free: async () => scenarios([]),
      confined: async () => scenarios(['--confine']),
    });
    return [
      {
        what: 'median of the scenarios',
        ours: { name: 'confined', value: confined('ms') },
        other: { name: 'not', value: free('ms') },
        unit: 'ms',
        compare: 'difference',
        goal: { atMost: 60 },
      },
      {
        what: 'the whole run, for each scenario',
        ours: { name: 'confined', value: confined('each') },
        other: { name: 'not', value: free('each') },
        unit: 'ms',
        compare: 'difference',
      },
    ];
  },
};

function scenarios(options: string[]): { ms: number; each: number } {
  const scratch = mkdtempSync(join(tmpdir(), 'mallory-bench-'));
  const file = join(scratch, 'report.json');
  try {
    const fixed = ['--tls', 'starttls', '--via', 'ip', '--jobs', '1', '--reporter', `json=${file}`];
    const { stderr } = spawnSync(process.execPath, [CLI, 'run', ...PATTERNS, ...fixed, ...options, '--', ...CLIENT], {
      encoding: 'utf8',
    });
    if (stderr.includes('--confine does not work')) throw new Error(stderr);
    const { results, durationMs: whole }: Report = JSON.parse(readFileSync(file, 'utf8'));
    return { ms: median(results.map(({ durationMs }) => durationMs)), each: whole / results.length };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
