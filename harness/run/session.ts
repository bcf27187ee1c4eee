/** What a run, or `serve`, has open from its beginning to its end: a CA, a directory, ports, and the controls so far. */
import { setMaxListeners } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createAuthority } from '../../src/pki/authority.ts';
import { isServer } from '../client/server.ts';
import type { Confinement } from '../confine/confine.ts';
import type { Result } from '../result.ts';
import { BadInput } from '../scenario/problem.ts';
import type { Selected } from '../scenario/select.ts';
import { writeCaFile } from './ca-file.ts';
import { createCaptures } from './captures.ts';
import { makeDirectory, removeStale } from './directory.ts';
import { createHeld } from './held.ts';
import { controlResult, errorResult, type JudgedOptions, judged } from './judged.ts';
import type { RunOptions } from './options.ts';
import { relayTo } from './relay.ts';
import { parseSeed } from './repeat.ts';
import { type ServerUnderTest, serverUnderTest } from './server.ts';
import { createTurns } from './turns.ts';
import { type Controls, createControls, type Way } from './ways.ts';
import type { World } from './world.ts';

const DEFAULT_TIMEOUT = 10_000;
/** Fixed, so that a run can be repeated: what is cut at random is cut alike until somebody asks for other cuts. */
export const DEFAULT_SEED = '1';

export type SessionOptions = Omit<
  RunOptions,
  'patterns' | 'transport' | 'via' | 'baseline' | 'strict' | 'onProgress'
> & {
  /** Told of what is worth knowing before every result. */
  note(text: string): void;
  started(key: string): void;
};

export interface Session {
  world: World;
  controls: Controls;
  /** Runs a scenario, and first the controls that it needs and that were not run yet. Never rejects because of a client. */
  judge(selected: Selected): Promise<{ result: Result; way: Way | null }>;
  /** What is shown of a base control that broke a rule. */
  judgeControl(scenario: Selected['scenario'], way: Way): Promise<Result>;
  /** Gives everything back. */
  close(): Promise<void>;
}

/** @throws BadInput where no file can be written. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { catalogue, client, signal } = options;
  if (options.pcap !== undefined && options.upstream)
    throw new BadInput(
      '--pcap and --account exclude each other: a capture with the TLS secrets inside would hold the password of the account.',
    );
  if (options.confine && isServer(client))
    throw new BadInput(
      '--confine is for clients: a server is started once for all sessions, and cannot be shut up with each.',
    );
  if (options.confine && !client.confinable)
    throw new BadInput('--confine is for clients that are a command: a function cannot be shut up.');
  if (options.upstream && isServer(client))
    throw new BadInput('--account is for clients: a server under test has no account at another.');
  const directory = await makeDirectory();
  void removeStale();
  const held = createHeld();
  let confinement: Confinement | null = null;
  let server: ServerUnderTest | null = null;
  const close = async () => {
    await server?.close();
    await confinement?.close();
    await held.release();
    await rm(directory, { recursive: true, force: true, maxRetries: 2 });
  };
  // Every attempt listens to it.
  if (signal) setMaxListeners(0, signal);
  try {
    const authority = await createAuthority();
    if (options.confine || client.confined)
      confinement = await (await import('../confine/confine.ts')).openConfinement(join(directory, 'rooms'));
    const caFile = join(directory, 'ca.pem');
    const relay = options.upstream ? await relayTo(options.upstream) : null;
    await writeCaFile(caFile, relay ? [authority.caPem, relay.ca] : [authority.caPem]);
    if (options.keep !== undefined) await mkdir(options.keep, { recursive: true });
    const keep = options.keep === undefined ? null : resolve(options.keep);
    if (isServer(client))
      server = await serverUnderTest({ client, authority, caFile, directory, keep, signal, note: options.note });
    const seed = parseSeed(options.seed ?? DEFAULT_SEED);
    const world: World = {
      client,
      authority,
      caFile,
      directory,
      keep,
      captures: options.pcap === undefined ? null : await createCaptures(options.pcap, options.note),
      relay,
      server,
      byHand: options.byHand ?? null,
      confinement,
      rules: {
        requirements: catalogue.requirements,
        policy: options.policy ?? 'rfc9525',
        ...(server && { server: server.policy }),
      },
      seed: seed.seed,
      get signal() {
        return options.signal;
      },
      onEnd: held.hold,
    };
    await options.byHand?.ready(caFile);
    const inTurn = options.inTurn ?? createTurns(options.jobs ?? availableParallelism());
    const timeoutMs = options.timeoutMs ?? client.timeoutMs ?? DEFAULT_TIMEOUT;
    const controls = createControls(world, { timeoutMs, inTurn, note: options.note });
    const repetitions = { seed, count: options.repeat ?? 1 };
    const { started, rerun = [] } = options;
    const judging: JudgedOptions = { world, controls, inTurn, started, repetitions, rerun };
    const masked = (result: Result) => (relay ? relay.mask.result(result) : result);
    return {
      world,
      controls,
      async judge(selected) {
        const { result, way } = await judgeOne(selected, judging);
        return { result: masked(result), way };
      },
      judgeControl: async (scenario, way) => masked(await controlResult(scenario, way, judging)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function judgeOne({ scenario, transport, vias }: Selected, judging: JudgedOptions) {
  try {
    const way = await judging.controls.way(scenario, transport, vias);
    return { result: await judged(scenario, way, judging), way };
  } catch (error) {
    const around = { transport, via: vias[0] ?? 'ip', dialled: [], timeoutMs: 0 };
    return { result: errorResult(scenario, around, judging, error), way: null };
  }
}
