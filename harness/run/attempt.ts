/** One session of the client: what it meets, the client itself, and the transcript of what happened. */
import { rm } from 'node:fs/promises';
import type { Observation } from '../../src/transcript.ts';
import type { Endpoint, Exit } from '../client/client.ts';
import type { Room } from '../confine/confine.ts';
import { trustAlso } from './ca-file.ts';
import { writeClientFiles } from './client-files.ts';
import { earlyFinding } from './early-finding.ts';
import { fulfilment } from './fulfilment.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import { findable, startServer } from './server-attempt.ts';
import { settled } from './settle.ts';
import { type Stage, setStage } from './stage.ts';
import { directoryOf, stateDirectory } from './state-directory.ts';
import { dialledAddress, type World } from './world.ts';

export interface Attempt {
  observations: readonly Observation[];
  canary: string;
  domain: string;
  exit: Exit;
  stderrTail: string;
  durationMs: number;
  waitedMs: number;
}

/** For what is still on its way when the client has ended, in milliseconds. */
const LAST_WORDS = 1_000;

/** `quiet`: called when the client has been silent for a while, and again whenever it is. */
export async function attempt(world: World, plan: AttemptPlan, quiet: () => void): Promise<Attempt> {
  world.signal?.throwIfAborted();
  const started = performance.now();
  const room = (await world.confinement?.enter()) ?? null;
  try {
    return await attemptIn(room, { world, plan, started }, quiet);
  } finally {
    if (room) await world.confinement?.leave(room);
  }
}

interface Task {
  world: World;
  plan: AttemptPlan;
  /** By `performance.now()`. */
  started: number;
}

async function attemptIn(room: Room | null, { world, plan, started }: Task, quiet: () => void): Promise<Attempt> {
  const stage = await setStage(world, plan, room);
  const { identity, transcript, interceptor, recording } = stage;
  const { domain, canary } = identity;
  const undo: (() => void)[] = [];
  try {
    const state = await stateDirectory(world, plan);
    const caFile = plan.given ? await trustAlso(world, plan.given) : world.caFile;
    await room?.trust(caFile);
    const files = await writeClientFiles(world.directory, stage.own);
    const endpoint: Endpoint = {
      ...whereTo(world, plan, stage),
      domain,
      jid: identity.jid,
      password: identity.password,
      caFile,
      tls: plan.transport,
      via: plan.via,
      session: plan.session,
      stateDir: state.path,
      certFile: files.certFile,
      keyFile: files.keyFile,
    };
    if (world.byHand) transcript.subscribe(world.byHand.observed);
    if (world.server) await findable(world.server, world, plan, stage, undo);
    const client = world.server
      ? await startServer(world.server, plan, stage, endpoint)
      : world.client.start(endpoint, transcript.record, plan.role, room);
    if (plan.session === 'stay') interceptor.onIdle(() => client.again?.());
    const { ours } = await settled({
      transcript,
      interceptor,
      client,
      timeoutMs: plan.timeoutMs,
      reconnectMs: Math.max(plan.reconnectMs, (world.byHand?.idleMs ?? 0) / 2),
      broken: earlyFinding(plan.scenario, world.rules, transcript.observations, identity),
      fulfilled: fulfilment(plan, identity.pingId, canary),
      quiet,
      signal: world.signal,
    });
    if (ours) await client.terminate();
    const exit = await client.ended;
    // What was cut short says nothing about the client.
    world.signal?.throwIfAborted();
    transcript.record({ layer: 'process', type: 'exit', ...exit, ours });
    stage.hangUpOwn();
    await interceptor.drain(LAST_WORDS);
    await client.release?.();
    transcript.record({ layer: 'run', type: 'end' });
    if (recording) {
      const about = `${plan.role} ${plan.name}, client ${world.client.label}`;
      await world.captures?.save(recording, { name: directoryOf(plan), transport: plan.transport, about });
    }
    await state.settle();
    if (caFile !== world.caFile) await rm(caFile, { force: true });
    await files.remove();
    return {
      observations: transcript.observations,
      canary,
      domain,
      exit,
      stderrTail: world.relay ? world.relay.mask.tail(client.stderrTail()) : client.stderrTail(),
      durationMs: Math.round(performance.now() - started),
      waitedMs: interceptor.waitedMs() + limitsOf(transcript.observations),
    };
  } finally {
    for (const one of undo) one();
    await stage.strike();
  }
}

/** By DNS it finds both by itself. */
function whereTo(world: World, plan: AttemptPlan, { names, interceptor }: Stage) {
  if (names) return { host: '', port: 0, ...(names.resolver && { resolver: names.resolver }) };
  return { host: world.server ? '127.0.0.1' : dialledAddress(world, plan.via), port: interceptor.port() };
}

function limitsOf(observations: readonly Observation[]): number {
  return observations.reduce((sum, o) => sum + (o.layer === 'run' && o.type === 'limit' ? o.afterMs : 0), 0);
}
