/** How long one waits for the command line, held against Node's own start. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI } from './cli.ts';
import type { Figure } from './figure.ts';
import { inTurns } from './rounds.ts';

const ROUNDS = 15;

export const start: Figure = {
  name: 'start',
  title: 'start of the command line, compiled; the client of run is touch(1), whose file says when it ran',
  async measure() {
    const scratch = mkdtempSync(join(tmpdir(), 'mallory-bench-'));
    const file = join(scratch, 'started');
    const things = {
      node: async () => ({ ms: wall(['-e', '0']) }),
      list: async () => ({ ms: wall([CLI, 'list']) }),
      run: async () => ({ ms: await firstClient(file) }),
    };
    try {
      // One round for the caches of the file system.
      await inTurns(1, things);
      const { node, list, run } = await inTurns(ROUNDS, things);
      const other = { name: 'node -e 0', value: node('ms') };
      return [
        { what: 'list', ours: { name: 'list', value: list('ms') }, other, unit: 'ms', goal: { atMost: 5 } },
        {
          what: 'first client started',
          ours: { name: 'run', value: run('ms') },
          other,
          unit: 'ms',
          goal: { atMost: 9 },
        },
      ];
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

function wall(words: string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, words, { stdio: 'ignore' });
  return performance.now() - started;
}

async function firstClient(file: string): Promise<number> {
  rmSync(file, { force: true });
  const started = Date.now();
  const words = [CLI, 'run', 'control/login', '--tls', 'starttls', '--via', 'ip', '--', 'touch', file];
  await once(spawn(process.execPath, words, { stdio: 'ignore' }), 'exit');
  return statSync(file).mtimeMs - started;
}
