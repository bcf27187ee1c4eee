/** What a run is asked to do, and what it tells while it goes on. */
import type { Observation, Transport } from '../../src/transcript.ts';
import type { Client } from '../client/client.ts';
import type { Baseline } from '../judge/baseline.ts';
import type { Policy, Report, Result, Via } from '../result.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import type { InTurn } from './turns.ts';

export interface RunOptions {
  client: Client;
  catalogue: Catalogue;
  /** Globs of ids (`stripping/*`) or keys (`certificate/expired[direct,ip]`); empty: all. */
  patterns: string[];
  /** Only the `n`th of so many parts of what the patterns stand for. Default: all of it. */
  shard?: { n: number; of: number } | undefined;
  /** Only what is in the core, too. Default: false. */
  core?: boolean | undefined;
  /** Default: both. */
  transport?: Transport | undefined;
  /**
   * Default: `ip`, and `host` where the base control fails with it. By `dns` a command has to be confined, and a function
   * asks `Endpoint.resolver`.
   */
  via?: Via | undefined;
  policy?: Policy | undefined;
  /** Default: the usable CPUs. */
  jobs?: number | undefined;
  /** The places themselves, where runs beside this one share them. Default: `jobs` of its own. */
  inTurn?: InTurn | undefined;
  /** The limit of one scenario in milliseconds; default 10,000. */
  timeoutMs?: number | undefined;
  baseline?: Baseline | undefined;
  strict?: boolean | undefined;
  transcripts?: 'findings' | 'all' | undefined;
  /** State directories and output of each client are left in this directory. */
  keep?: string | undefined;
  /** A capture of each session is left in this directory (pcapng, with the TLS secrets); not with `upstream`. */
  pcap?: string | undefined;
  /**
   * Pass, warn and skip of an earlier run are taken from this directory and left there, where neither the client's version
   * nor anything else has changed (`harness/run/cache.ts`). Default: every scenario runs.
   */
  cache?: string | undefined;
  /**
   * Of `split: seeded` and of repetitions: the same seed gives the same cuts and delays. `1.37` begins with the 37th
   * repetition of seed 1. Default: always the same one.
   */
  seed?: string | undefined;
  /** How many times each attack is made; from the second on every write is cut and delayed at random. Default: 1. */
  repeat?: number | undefined;
  /** Options of the command line that the commands printed for a rerun need, too (`--scenarios DIR`...). */
  rerun?: string[] | undefined;
  upstream?: Upstream | undefined;
  /** Where a person operates the client. */
  byHand?: ByHand | undefined;
  /** Each client runs in namespaces of its own (Linux): network, mounts, processes. Default: false. */
  confine?: boolean | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the run: what is done is reported, the rest is not judged. */
  signal?: AbortSignal | undefined;
}

/** A real server to relay to. */
export interface Upstream {
  host: string;
  port: number;
  transport: Transport;
  /** PEM; default: the system's CAs. */
  ca?: string | undefined;
  /** Bare JID. */
  account: string;
  password: string;
}

/** Whoever operates a client by hand needs an address for it, time, and to see what goes on. */
export interface ByHand {
  /** Where every attempt listens. */
  address: string;
  /** Of the next attempt; 0: any that is free. */
  port(): number;
  /** Without a connection the client gets at least so many milliseconds. */
  idleMs: number;
  /** Nothing begins before it settles. */
  ready(caFile: string): Promise<void>;
  observed(observation: Observation): void;
  /** The words behind `xmpp-mallory` that do it again. */
  rerun: string[];
}

export type Progress =
  | { type: 'planned'; selected: number }
  | { type: 'started'; key: string; role: 'control' | 'attack' }
  | { type: 'note'; text: string }
  | { type: 'result'; result: Result; done: number; selected: number };

export type Run = (options: RunOptions) => Promise<Report>;
