/** A server that is a process, with a driver that speaks JSON lines (docs/servers.md). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { lineReader } from '../serve/lines.ts';
import type { Exit } from './client.ts';
import { environmentOfServer, fillServerWords } from './environment.ts';
import { endLeftovers } from './leftovers.ts';
import { readOutput } from './output.ts';
import { watchGroup } from './process-group.ts';
import {
  ANSWER_LIMIT,
  type LaunchedServer,
  READY_LIMIT,
  type Ready,
  type Returned,
  type ServerClient,
  type ServerEnvironment,
} from './server.ts';
import { answersOf, readyOf } from './server-words.ts';
import { explainStartFailure } from './start-failure.ts';
import { settlesWithin } from './within.ts';

export interface ServerCommandOptions {
  command: string[];
  /** Default: the words of the command. */
  label?: string | undefined;
  version?: string | null | undefined;
  rerun: string[];
  /** Default: `stock`. */
  policy?: string | undefined;
  keepHome?: boolean | undefined;
  /** Output goes to files beside the state directory. Default: false. */
  keepOutput?: boolean | undefined;
}

/** Throws where the command has no words. */
export function commandServer(options: ServerCommandOptions): ServerClient {
  const { command, label = command.join(' '), version = null, rerun, policy = 'stock' } = options;
  if (command.length === 0) throw new TypeError('The command of the server is empty.');
  return {
    label,
    version,
    command,
    rerun,
    server: {
      policy,
      launch: (environment, returned, signal) => launch(options, environment, returned, signal),
    },
    start: () => {
      throw new Error('A server is launched once, and then told what to send.');
    },
  };
}

const LONGEST_LINE = 65_536;
/** After the end of its standard input. Milliseconds. */
const GRACE = 5_000;
const UNSUPPORTED = 77;

type Driver = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };

async function launch(
  options: ServerCommandOptions,
  environment: ServerEnvironment,
  returned: (returned: Returned) => void,
  signal?: AbortSignal,
): Promise<LaunchedServer> {
  signal?.throwIfAborted();
  const [program = '', ...words] = fillServerWords(options.command, environment);
  const child = await started(program, words, environmentOfServer(environment, process.env, options));
  const file = (stream: string) => (options.keepOutput ? `${environment.stateDir}.${stream}` : undefined);
  const stderr = readOutput(child.stderr, { onFlood: () => undefined, file: file('stderr') });
  const waiting = new Map<
    string,
    { resolve(value: { unsupported: string } | null): void; reject(error: Error): void }
  >();
  let ready: (value: Ready) => void = () => undefined;
  const isReady = new Promise<Ready>((resolve) => {
    ready = resolve;
  });
  let exit: Exit = { code: null, signal: null };
  let over = false;
  const reaped = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve();
    });
  });
  const group = watchGroup(child.pid ?? 0, reaped, null);
  const ended = group.gone.then(async () => {
    stderr.giveUp();
    await stderr.closed;
    return exit;
  });

  const lines = lineReader(
    LONGEST_LINE,
    (text) => {
      const found = readyOf(text);
      if (found) return ready(found);
      for (const answer of answersOf(text)) {
        if (answer.type === 'returned') returned(answer);
        else if (answer.type === 'error') waiting.get(answer.key)?.reject(new Error(answer.message));
        else waiting.get(answer.key)?.resolve(answer.type === 'unsupported' ? { unsupported: answer.reason } : null);
      }
    },
    () => undefined,
  );
  child.stdout.on('data', lines.write);
  child.stdin.on('error', () => undefined);
  reaped.then(() => {
    over = true;
    for (const { reject } of waiting.values()) reject(new Error('The server has ended.'));
  });

  /** Several keys: the one that comes first answers. */
  function ask(word: object, keys: string[], limit: number): Promise<{ unsupported: string } | null> {
    return new Promise<{ unsupported: string } | null>((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new Error(`The driver did not answer within ${limit / 1_000} s.`))),
        limit,
      );
      const settle = (how: () => void) => {
        clearTimeout(timer);
        for (const key of keys) waiting.delete(key);
        how();
      };
      const entry = {
        resolve: (value: { unsupported: string } | null) => settle(() => resolve(value)),
        reject: (error: Error) => settle(() => reject(error)),
      };
      for (const key of keys) waiting.set(key, entry);
      if (over) return entry.reject(new Error('The server has ended.'));
      child.stdin.write(`${JSON.stringify(word)}\n`);
    });
  }

  async function end(): Promise<void> {
    child.stdin.end();
    if (!(await settlesWithin(ended, GRACE))) await group.terminate();
    await gone();
  }

  /** Servers like to make themselves daemons, and are in no group of ours then. */
  async function gone(): Promise<void> {
    await ended;
    await endLeftovers(`XMPP_STATE_DIR=${environment.stateDir}`);
  }

  let limit: NodeJS.Timeout | undefined;
  let abort = (): void => undefined;
  const first = await Promise.race([
    isReady,
    reaped.then(() => null),
    new Promise<'late'>((resolve) => {
      limit = setTimeout(resolve, READY_LIMIT, 'late' as const);
    }),
    new Promise<'aborted'>((resolve) => {
      abort = () => resolve('aborted');
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
    }),
  ]);
  clearTimeout(limit);
  signal?.removeEventListener('abort', abort);
  if (first === 'aborted') {
    // Whoever has interrupted the run waits for it to end.
    child.stdin.end();
    await group.terminate();
    await gone();
    throw new Error(`The driver "${options.command.join(' ')}" was ended before it was ready.`);
  }
  if (first === null || first === 'late') {
    await end();
    throw new Error(whyNotReady(first, exit, options, environment, stderr.tail()));
  }
  return {
    ready: first,
    trigger: (trigger) => ask({ trigger }, [`sent ${trigger.id}`], READY_LIMIT),
    reset: async (reset) => void (await ask({ reset }, [`reset ${reset.id}`], ANSWER_LIMIT)),
    ended,
    end,
    stderrTail: stderr.tail,
  };
}

async function started(program: string, words: string[], env: Record<string, string>): Promise<Driver> {
  try {
    const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    if (child.pid === undefined) {
      const [error] = await once(child, 'error');
      throw error;
    }
    return child;
  } catch (error) {
    throw new Error(explainStartFailure(error, program));
  }
}

function whyNotReady(
  first: null | 'late',
  { code, signal }: Exit,
  { command }: ServerCommandOptions,
  { policy }: ServerEnvironment,
  stderr: string,
): string {
  const name = command.join(' ');
  const said = stderr.trim().split('\n').slice(-3).join(' ').slice(-300);
  const last = said ? ` Its last words: ${said}` : '';
  if (code === UNSUPPORTED) return `The driver "${name}" does not support the policy "${policy}" here.${last}`;
  if (first === 'late')
    return `The driver "${name}" has not said {"ready": true, ...} within ${READY_LIMIT / 1_000} s (docs/servers.md).${last}`;
  return `The driver "${name}" ended with ${signal ?? `status ${code}`} before it said {"ready": true, ...} (docs/servers.md).${last}`;
}
