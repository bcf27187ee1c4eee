/** A real server as a child process: its log, and its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';

export interface ServerCommand {
  command: [program: string, ...words: string[]];
  environment?: Record<string, string>;
  /** What it logs, each once, when it is ready. */
  ready: string[];
  /** Goes with it. */
  directory: string;
}

export interface ServerProcess {
  pid: number;
  /** All that it has logged so far. */
  log(): string;
  /** Ends as soon as the log has this text after the offset `from`. */
  logged(text: string, from?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Far more than they ever take (0.3 s and 1 s), for machines under load. */
const LIMIT_MS = 15_000;

/** @throws with its log where it does not become ready. */
export async function startServerProcess(options: ServerCommand): Promise<ServerProcess> {
  const [program, ...words] = options.command;
  const env = { ...process.env, ...options.environment };
  const server = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const watched = watch(server, program);
  const stop = async () => {
    await end(server);
    process.off('exit', kill);
    await rm(options.directory, { recursive: true, force: true, maxRetries: 2 });
  };
  try {
    await Promise.all(options.ready.map((text) => watched.logged(text)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: server.pid ?? 0, ...watched, stop };
}

function watch(server: ChildProcess, name: string): Pick<ServerProcess, 'log' | 'logged'> {
  let log = '';
  for (const output of [server.stdout, server.stderr]) output?.setEncoding('utf8').on('data', (text) => (log += text));
  server.on('error', (error) => (log += error.message));
  return {
    log: () => log,
    logged: (text, from = 0) =>
      new Promise((resolve, reject) => {
        const settle = (error?: Error) => {
          clearTimeout(limit);
          server.stdout?.off('data', look);
          server.off('close', ended);
          if (error) reject(error);
          else resolve();
        };
        const look = () => log.includes(text, from) && settle();
        const ended = () => settle(new Error(`${name} ended before it logged "${text}":\n${log.slice(from)}`));
        const late = () => settle(new Error(`${name} did not log "${text}" in ${LIMIT_MS} ms:\n${log.slice(from)}`));
        const limit = setTimeout(late, LIMIT_MS);
        server.stdout?.on('data', look);
        server.on('close', ended);
        look();
      }),
  };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const limit = setTimeout(() => server.kill('SIGKILL'), 3_000);
  await exit;
  clearTimeout(limit);
}
