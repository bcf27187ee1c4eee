/** The initiating entity as a child process: any program, in any language. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Happening } from '../../src/transcript.ts';
import { claimReader } from './claims.ts';
import type { Client, Enclosure, Endpoint, Exit, RunningClient } from './client.ts';
import { environmentFor, fillWords } from './environment.ts';
import { mustBeExecutable } from './executable.ts';
import { endLeftovers } from './leftovers.ts';
import { type Output, readOutput } from './output.ts';
import { watchGroup } from './process-group.ts';
import { explainStartFailure } from './start-failure.ts';
import { settlesWithin } from './within.ts';

export interface CommandOptions {
  /** Program and arguments, with placeholders (see `fillWords`). No shell takes part. */
  command: string[];
  /** Default: the words of the command. */
  label?: string | undefined;
  /** Default: null. */
  version?: string | null | undefined;
  rerun: string[];
  /** As of `Client`. */
  confined?: boolean | undefined;
  via?: Client['via'];
  timeoutMs?: Client['timeoutMs'];
  /** `HOME` stays the user's. Default: it is the state directory. */
  keepHome?: boolean | undefined;
  /**
   * The first MiB of standard output and error goes to files beside the state directory, with `.stdout` and `.stderr` after
   * its name; they are complete when `ended` settles. Default: false.
   */
  keepOutput?: boolean | undefined;
}

/**
 * A client that is started once for each session, in the user's working directory, as leader of a process group of its own.
 * What leaves that group (setsid) is ended with it on Linux; elsewhere it is beyond reach. Throws where the command has no words.
 */
export function commandClient(options: CommandOptions): Client {
  const { command, label = command.join(' '), version = null, rerun, confined, via, timeoutMs } = options;
  if (command.length === 0) throw new TypeError('The command of the client is empty.');
  return {
    label,
    version,
    command,
    rerun,
    confinable: true,
    confined,
    via,
    timeoutMs,
    start: (endpoint, record, _, enclosure) => start(options, endpoint, record, enclosure ?? null),
  };
}

/** Milliseconds for output that is still on its way when the last process of the group is gone. */
const DRAIN = 100;

type Recorder = (happening: Happening) => void;

function start(
  options: CommandOptions,
  endpoint: Endpoint,
  record: Recorder,
  enclosure: Enclosure | null,
): RunningClient {
  const command = fillWords(options.command, endpoint);
  const program = command[0] ?? '';
  const [first = '', ...words] = enclosure?.words(command) ?? command;
  const fail = (error: unknown) => {
    record({ layer: 'process', type: 'not-started', message: explainStartFailure(error, program) });
    return { code: null, signal: null };
  };
  try {
    const env = environmentFor(endpoint, process.env, options);
    // What would enter the enclosure starts in any case.
    if (enclosure) mustBeExecutable(program, env.PATH);
    const child = spawn(first, words, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) return follow(child, child.pid, options, endpoint, record, enclosure);
    return nothing(once(child, 'error').then(([error]) => fail(error)));
  } catch (error) {
    // Node emits the common errors and throws the others, E2BIG for instance.
    return nothing(Promise.resolve(fail(error)));
  }
}

function nothing(ended: Promise<Exit>): RunningClient {
  return { ended, terminate: () => ended.then(() => undefined), stderrTail: () => '' };
}

function follow(
  child: ChildProcess & { stdout: Readable; stderr: Readable },
  pid: number,
  { keepOutput = false }: CommandOptions,
  { stateDir }: Endpoint,
  record: Recorder,
  enclosure: Enclosure | null,
): RunningClient {
  record({ layer: 'process', type: 'started' });
  const claims = claimReader((claim) => record({ layer: 'process', type: 'claim', claim }));
  const read = (stream: 'stdout' | 'stderr', onChunk?: (chunk: Buffer) => void): Output =>
    readOutput(child[stream], {
      onChunk,
      onFlood: (bytes) => record({ layer: 'process', type: 'flood', stream, bytes }),
      file: keepOutput ? `${stateDir}.${stream}` : undefined,
    });
  const stdout = read('stdout', claims.write);
  const stderr = read('stderr');
  // Not 'end': a stream that is given up has none.
  child.stdout.once('close', claims.end);

  let exit: Exit = { code: null, signal: null };
  const reaped = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve();
    });
  });
  const group = watchGroup(pid, reaped, enclosure);
  const ended = group.gone.then(async () => {
    // Whatever an enclosure holds is of the group, and gone.
    if (!enclosure) await endLeftovers(`XMPP_STATE_DIR=${stateDir}`);
    const closed = Promise.all([stdout.closed, stderr.closed]);
    // A process that left the group may hold the pipes open for as long as it likes.
    if (!(await settlesWithin(closed, DRAIN))) {
      stdout.giveUp();
      stderr.giveUp();
      await closed;
    }
    return exit;
  });

  return {
    ended,
    async terminate() {
      await group.terminate();
      await ended;
    },
    stderrTail: stderr.tail,
  };
}
