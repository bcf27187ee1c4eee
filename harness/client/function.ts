/** The initiating entity as a function in this process. */
import { inspect } from 'node:util';
import type { Happening } from '../../src/transcript.ts';
import { claimFrom } from './claims.ts';
import type { Client, Connect, Endpoint, Exit, RunningClient } from './client.ts';
import { settlesWithin } from './within.ts';

export interface FunctionOptions {
  /** Default: the function's name. */
  label?: string | undefined;
  /** Default: null. */
  version?: string | null | undefined;
  /** Default: none; a function cannot be started from a command line. */
  rerun?: string[] | undefined;
}

/**
 * A client in JavaScript. The abort signal is to it what SIGTERM is to a process. The exit code is 0 where it resolves, 1
 * where it resolves with a claim of `refused` or rejects, 77 for `unsupported`. To reject counts as a claim of `refused`
 * with the error's message, unless it was told to stop. A function cannot be killed: 1 s after the signal it is given up,
 * which looks like SIGKILL, and whatever it does later is ignored.
 */
export function functionClient(connect: Connect, options: FunctionOptions = {}): Client {
  const { label = connect.name || 'function', version = null, rerun = [] } = options;
  return { label, version, command: [label], rerun, start: (endpoint, record) => start(connect, endpoint, record) };
}

/** Milliseconds between the abort and giving up. */
const GRACE = 1_000;
/** Octets. */
const TAIL = 8_192;
const EXIT_CODES = { online: 0, refused: 1, unsupported: 77 };
const GIVEN_UP: Exit = { code: null, signal: 'SIGKILL' };

function start(connect: Connect, endpoint: Endpoint, record: (happening: Happening) => void): RunningClient {
  const controller = new AbortController();
  let stderr = '';
  let over = false;
  let finish: (exit: Exit) => void = () => undefined;
  const ended = new Promise<Exit>((resolve) => {
    finish = (exit) => {
      over = true;
      resolve(exit);
    };
  });

  const conclude = (value: unknown, fallback: keyof typeof EXIT_CODES) => {
    if (over) return;
    const claim = claimFrom(value);
    if (claim) record({ layer: 'process', type: 'claim', claim });
    finish({ code: EXIT_CODES[claim?.result ?? fallback], signal: null });
  };
  const fail = (error: unknown) => {
    if (over) return;
    const reason = messageOf(error);
    stderr = Buffer.from(reason).subarray(-TAIL).toString('utf8');
    conclude(controller.signal.aborted ? null : { result: 'refused', reason }, 'refused');
  };

  record({ layer: 'process', type: 'started' });
  // The executor runs at once, and makes a rejection of what the function throws.
  new Promise((resolve) => resolve(connect({ ...endpoint }, controller.signal))).then(
    (value) => conclude(value, 'online'),
    fail,
  );

  return {
    ended,
    async terminate() {
      controller.abort();
      if (!(await settlesWithin(ended, GRACE))) finish(GIVEN_UP);
    },
    stderrTail: () => stderr,
  };
}

/** An AggregateError of node:net has no message of its own: its code is all that it says. */
function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return inspect(error, { depth: 1 });
  return String(error.message || ('code' in error && error.code) || error.name);
}
