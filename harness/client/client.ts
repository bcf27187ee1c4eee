/** How an initiating entity is driven, whatever it is: a child process, or a function in this one. */
import type { Claim, Happening, Transport } from '../../src/transcript.ts';
import type { Via } from '../result.ts';

/** What a client is told (design, section 4). It is never told which scenario runs, nor whether it is a control. */
export interface Endpoint {
  /** By `dns` empty: the client finds it. */
  host: string;
  /** By `dns` 0. */
  port: number;
  /** By `dns`, for a function: HOST:PORT of the name service to ask. Default: the system's. */
  resolver?: string | undefined;
  /** The reference identifier, and the stream's `to`. */
  domain: string;
  jid: string;
  password: string;
  /** PEM file with the only CA to trust. */
  caFile: string;
  tls: Transport;
  via: Via;
  session: 'once' | 'stay';
  /** Empty at first, kept across the connections of one scenario. */
  stateDir: string;
  certFile: string | null;
  keyFile: string | null;
}

/** What a process is shut up in: namespaces of its own. */
export interface Enclosure {
  /** The words that run a command inside. */
  words(command: readonly string[]): string[];
  /** SIGTERM to all that is inside, also to what has left the client's group. */
  terminate(): void;
  /** SIGKILL to all that is inside. Nothing can be started there any more. */
  kill(): void;
  /** False also where nobody can tell. */
  inhabited(): boolean;
}

export interface Exit {
  code: number | null;
  signal: string | null;
}

export interface RunningClient {
  /** Settles once every process of the client's group, or the function, has ended. Never rejects. */
  ended: Promise<Exit>;
  /** SIGTERM, and SIGKILL after a grace time; settles once nothing of the client is left. May be called again. */
  terminate(): Promise<void>;
  /** The last 8 KiB of standard error, as text. */
  stderrTail(): string;
  /** Has forgotten the session, where it goes on running. Default: it does not go on. */
  release?(): Promise<void>;
  /** Comes again, where it does so only when it is told. */
  again?(): void;
}

/** For logs of whoever starts clients. No client is told. */
export type Role = 'control' | 'attack';

export interface Client {
  /** What reports call it. */
  label: string;
  version: string | null;
  /** As in the JSON report; for a function its label alone. */
  command: string[];
  /** The words that start this client again on a command line: `--client NAME`, or `-- COMMAND...`. */
  rerun: string[];
  /** It is a process, and so can be shut up. Default: false. */
  confinable?: boolean | undefined;
  /** It has to be shut up, whatever the run says: outside it trusts nobody, or finds no port. Default: false. */
  confined?: boolean | undefined;
  /** How it finds its server where the run does not say: `dns` for what can be told no host. Default: as the run does. */
  via?: Via | undefined;
  /** Milliseconds: the limit of a scenario where the run has none. Default: the run's. */
  timeoutMs?: number | undefined;
  /** Starts it, in `enclosure` where there is one. What it says of itself goes to `record`: `started` or `not-started`, `claim`, `flood`; never `exit`. */
  start(
    endpoint: Endpoint,
    record: (happening: Happening) => void,
    role: Role,
    enclosure?: Enclosure | null | undefined,
  ): RunningClient;
}

/** A client in JavaScript: resolve when the session is over, reject or resolve with `refused` if it never was online. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a fine client.
export type Connect = (endpoint: Endpoint, signal: AbortSignal) => Promise<Claim | undefined | void>;
