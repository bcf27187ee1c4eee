/** A server in this process: the words of a driver as functions. */
import type { Exit } from './client.ts';
import {
  ANSWER_LIMIT,
  type LaunchedServer,
  READY_LIMIT,
  type Ready,
  type Reset,
  type Returned,
  type ServerClient,
  type ServerEnvironment,
  type Trigger,
} from './server.ts';

export interface FunctionServer {
  ready?: Partial<Ready> | undefined;
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a fine answer.
  trigger(trigger: Trigger): Promise<{ unsupported: string } | undefined | void>;
  reset(reset: Reset): Promise<void> | void;
  end(): Promise<void> | void;
}

export type StartServer = (
  environment: ServerEnvironment,
  returned: (returned: Returned) => void,
) => Promise<FunctionServer> | FunctionServer;

export interface ServerFunctionOptions {
  /** Default: the function's name. */
  label?: string | undefined;
  version?: string | null | undefined;
  /** Default: `stock`. */
  policy?: string | undefined;
}

/** The client that `runScenarios` takes, of a server that a function starts. */
export function functionServer(start: StartServer, options: ServerFunctionOptions = {}): ServerClient {
  const { label = start.name || 'function', version = null, policy = 'stock' } = options;
  return {
    label,
    version,
    command: [label],
    rerun: [],
    server: { policy, launch: (environment, returned) => launch(start, environment, returned) },
    start: () => {
      throw new Error('A server is launched once, and then told what to send.');
    },
  };
}

async function launch(
  start: StartServer,
  environment: ServerEnvironment,
  returned: (returned: Returned) => void,
): Promise<LaunchedServer> {
  const server = await within(READY_LIMIT, async () => start({ ...environment }, returned));
  let ended: (exit: Exit) => void = () => undefined;
  const over = new Promise<Exit>((resolve) => {
    ended = resolve;
  });
  return {
    ready: { s2s: null, version: null, policy: null, ...server.ready },
    trigger: async (trigger) => (await within(READY_LIMIT, () => server.trigger(trigger))) ?? null,
    reset: (reset) => within(ANSWER_LIMIT, async () => server.reset(reset)),
    ended: over,
    async end() {
      try {
        await within(ANSWER_LIMIT, async () => server.end());
      } finally {
        ended({ code: 0, signal: null });
      }
    },
    stderrTail: () => '',
  };
}

/** A function cannot be killed: after the limit, in milliseconds, it is given up. */
async function within<T>(limit: number, task: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The function did not answer within ${limit / 1_000} s.`)), limit);
  });
  try {
    return await Promise.race([task(), late]);
  } finally {
    clearTimeout(timer);
  }
}
