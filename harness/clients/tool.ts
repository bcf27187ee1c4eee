import { execFile } from 'node:child_process';

export type Outcome = { ok: true; stdout: string } | { ok: false; why: string };

/** Compilers and cold imports of Python on a slow machine take seconds. */
const LIMIT_MS = 60_000;

/** Runs a program to its end and says in one line what went wrong, never by throwing. */
export const runTool = (file: string, args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(file, args, { timeout: LIMIT_MS, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (!error) resolve({ ok: true, stdout: stdout.trim() });
      else if (error.code === 'ENOENT') resolve({ ok: false, why: `${file} is not installed` });
      // The last line: where Python and compilers name the reason.
      else resolve({ ok: false, why: stderr.trim().split('\n').at(-1) || error.message });
    });
  });
