/** What the harness adds to the life of a client. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../harness/result.ts';
import { CLI } from './cli.ts';
import type { Figure } from './figure.ts';
import { median } from './rounds.ts';

const CLIENT = [process.execPath, '--import=tsx', fileURLToPath(new URL('timed-client.ts', import.meta.url))];
/** Most of them end in a login, so that every session has its TLS and its goodbyes. */
const PATTERNS = ['control/login', 'interop/*'];

export const overhead: Figure = {
  name: 'overhead',
  title: 'what a scenario takes beside the life of its client, a process, and the recorded waits; one at a time',
  async measure() {
    const report = oneRun();
    const added = report.results.flatMap(({ durationMs, waitedMs, claimed }) => {
      const life = Number(claimed?.reason);
      return Number.isFinite(life) ? [durationMs - waitedMs - life] : [];
    });
    return [
      {
        what: `median of ${added.length} scenarios`,
        ours: { name: 'run', value: median(added) },
        other: null,
        unit: 'ms',
        goal: { atMost: 50 },
      },
      { what: 'the worst of them', ours: { name: 'run', value: Math.max(...added) }, other: null, unit: 'ms' },
    ];
  },
};

function oneRun(): Report {
  const scratch = mkdtempSync(join(tmpdir(), 'mallory-bench-'));
  const file = join(scratch, 'report.json');
  try {
    const options = ['--tls', 'starttls', '--via', 'ip', '--jobs', '1', '--reporter', `json=${file}`];
    const { stderr } = spawnSync(process.execPath, [CLI, 'run', ...PATTERNS, ...options, '--', ...CLIENT], {
      encoding: 'utf8',
    });
    return JSON.parse(read(file, stderr));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function read(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`run wrote no report: ${otherwise}`);
  }
}
