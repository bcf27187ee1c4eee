/** A server in this process: the words of a driver as functions. */
import type { Exit } from './client.ts';
import type { LaunchedServer, Ready, Reset, Returned, ServerClient, ServerEnvironment, Trigger } from './server.ts';

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
  const server = await start({ ...environment }, returned);
  let ended: (exit: Exit) => void = () => undefined;
  const over = new Promise<Exit>((resolve) => {
    ended = resolve;
  });
  return {
    ready: { s2s: null, version: null, policy: null, ...server.ready },
    trigger: async (trigger) => (await server.trigger(trigger)) ?? null,
    reset: async (reset) => server.reset(reset),
    ended: over,
    async end() {
      await server.end();
      ended({ code: 0, signal: null });
    },
    stderrTail: () => '',
  };
}
