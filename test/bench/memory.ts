/** How much more memory the harness takes where clients flood. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentMiB } from './accounting.ts';
import { CLI } from './cli.ts';
import type { Figure, Row } from './figure.ts';

const JOBS = 8;
const PATTERN = 'stripping/st*';

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const HONEST = ['--import=tsx', beside('timed-client.ts')];
const FLOODS = [
  'one element without end',
  'elements without end',
  'output without end',
  'hundreds of connections',
] as const;

export const memory: Figure = {
  name: 'memory',
  title: `peak memory of a run with ${JOBS} jobs while the clients flood, held against the same run with honest ones`,
  async measure() {
    const honest = await peak(HONEST);
    const rows: Row[] = [];
    for (const kind of FLOODS) {
      rows.push({
        what: kind,
        ours: { name: 'flood', value: await peak([beside('flood.mjs'), kind]) },
        other: { name: 'honest', value: honest },
        unit: 'MiB',
        compare: 'difference',
        goal: { atMost: 64 },
      });
    }
    return rows;
  },
};

/** MiB. The system keeps the peak itself (macOS: it is the highest of many looks). */
async function peak(client: string[]): Promise<number> {
  const options = ['--tls', 'starttls', '--via', 'ip', '--jobs', String(JOBS), '--timeout', '3'];
  const words = [CLI, 'run', PATTERN, ...options, '--', process.execPath, ...client];
  const run = spawn(process.execPath, words, { stdio: 'ignore' });
  let most = 0;
  const looking = setInterval(() => {
    most = Math.max(most, residentMiB(run.pid ?? 0));
  }, 50);
  await new Promise((resolve) => run.once('exit', resolve));
  clearInterval(looking);
  return most;
}
