/** An X display that nobody sees, for one program. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';

export interface Display {
  /** For `DISPLAY`. */
  name: string;
  close(): Promise<void>;
}

/** At random, and high: a server that is confined does not see who has which. */
const NUMBERS = [1_000, 60_000] as const;
/** Milliseconds after SIGTERM. */
const PATIENCE = 300;

/** @throws Error with what Xvfb says. */
export async function openDisplay(env: NodeJS.ProcessEnv): Promise<Display> {
  const number = randomInt(...NUMBERS);
  const server = spawn(
    'Xvfb',
    [`:${number}`, '-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp', '-noreset'],
    { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  let complaint = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-500);
  });
  const failed = once(server, 'exit').then(() => Promise.reject(new Error(`Xvfb ended: ${complaint.trim()}`)));
  failed.catch(() => undefined);
  await Promise.race([once(server.stdio[3] as NodeJS.ReadableStream, 'data'), failed]);
  return {
    name: `:${number}`,
    async close() {
      const gone = server.exitCode ?? server.signalCode ?? once(server, 'exit');
      server.kill('SIGTERM');
      const limit = setTimeout(() => server.kill('SIGKILL'), PATIENCE);
      await gone;
      clearTimeout(limit);
      // Where it had to be killed.
      await Promise.all(
        [`/tmp/.X${number}-lock`, `/tmp/.X11-unix/X${number}`].map((file) => rm(file, { force: true })),
      );
    },
  };
}
