/** Test runners of other languages as processes, with a `serve`, or one that dies. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSX = fileURLToPath(import.meta.resolve('tsx'));
const SERVER = `${process.execPath} --import=${TSX} ${join(ROOT, 'test/bindings/server.ts')}`;
/** Ends in the middle of the first attempt, with a last word. */
const DYING_SERVER = `${process.execPath} ${join(ROOT, 'test/bindings/dying-server.mjs')} ${SERVER}`;

export interface Ended {
  status: number | null;
  /** Standard output and error. */
  output: string;
}

export interface How {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** `serve` dies once the first client has been started. */
  dies?: boolean;
}

/** Ends of itself: one that hangs is killed after 110 s, and has status null. */
export function run([program = '', ...words]: string[], { cwd, env = {}, dies = false }: How): Promise<Ended> {
  const own = { XMPP_MALLORY: dies ? DYING_SERVER : SERVER, NO_COLOR: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const options = { cwd, env: { ...process.env, ...own, ...env }, timeout: 110_000, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(program, words, { ...options, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ status, output: stdout + stderr });
    });
  });
}

/** Whether a program is there and does this. */
export const can = (...[program = '', ...words]: string[]) => spawnSync(program, words).status === 0;

export async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-binding-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** The sentence that every binding has for it. */
export const GONE = /xmpp-mallory ended in the middle.*out of luck/;

/** The client whose process id is in this file, as `silent-client.sh` writes it, was started and has ended. */
export async function wasEnded(t: ExecutionContext, pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8'));
  t.true(pid > 1);
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'the client is still there');
}
