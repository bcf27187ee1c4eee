/** A whole run: what was selected, each with its controls, as many at a time as there are places, and the report. */
import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createAuthority } from '../../src/pki/authority.ts';
import { applyBaseline } from '../judge/baseline.ts';
import { exitStatus } from '../judge/exit-status.ts';
import type { Report, Result, Verdict } from '../result.ts';
import { keysOf, type Selected, selectScenarios } from '../scenario/select.ts';
import { VERSION } from '../version.ts';
import type { World } from './attempt.ts';
import { unwritable, writeCaFile } from './ca-file.ts';
import { createHeld } from './held.ts';
import { controlResult, errorResult, judged } from './judged.ts';
import type { Progress, RunOptions } from './options.ts';
import { relayTo } from './relay.ts';
import { parseSeed } from './repeat.ts';
import { createTurns } from './turns.ts';
import { type Controls, createControls, type Way } from './ways.ts';

const DEFAULT_TIMEOUT = 10_000;
/** Fixed, so that a run can be repeated: what is cut at random is cut alike until somebody asks for other cuts. */
const DEFAULT_SEED = '1';

/** Never rejects because of a client; throws BadInput for patterns that match nothing, and where no file can be written. */
export async function run(options: RunOptions): Promise<Report> {
  const started = performance.now();
  const { catalogue, client, patterns, signal } = options;
  const selected = selectScenarios(catalogue, patterns, { transport: options.transport, via: options.via });
  const directory = await mkdtemp(join(tmpdir(), 'xmpp-mallory-')).catch(unwritable(`A folder in ${tmpdir()}`));
  const held = createHeld();
  const notes: string[] = [];
  // Every session listens to it.
  if (signal) setMaxListeners(0, signal);
  const tell = (progress: Progress) => options.onProgress?.(progress);
  try {
    const authority = await createAuthority();
    const caFile = join(directory, 'ca.pem');
    const relay = options.upstream ? await relayTo(options.upstream) : null;
    await writeCaFile(caFile, relay ? [authority.caPem, relay.ca] : [authority.caPem]);
    if (options.keep !== undefined) await mkdir(options.keep, { recursive: true });
    const world: World = {
      client,
      authority,
      caFile,
      directory,
      keep: options.keep === undefined ? null : resolve(options.keep),
      relay,
      rules: { requirements: catalogue.requirements, policy: options.policy ?? 'rfc9525' },
      seed: parseSeed(options.seed ?? DEFAULT_SEED).seed,
      signal,
      onEnd: held.hold,
    };
    const inTurn = createTurns(options.jobs ?? availableParallelism());
    const controls = createControls(world, {
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT,
      inTurn,
      note(text) {
        notes.push(text);
        tell({ type: 'note', text });
      },
    });
    tell({ type: 'planned', selected: selected.length });
    const results = await judgeAll(selected, options, world, controls, inTurn, tell);
    const done = { results, selected: selected.length, notes, controls, started, seed: options.seed ?? DEFAULT_SEED };
    const report = await reportOf(options, done);
    return relay ? relay.mask.report(report) : report;
  } finally {
    await held.release();
    await rm(directory, { recursive: true, force: true, maxRetries: 2 });
  }
}

async function judgeAll(
  selected: Selected[],
  options: RunOptions,
  world: World,
  controls: Controls,
  inTurn: ReturnType<typeof createTurns>,
  tell: (progress: Progress) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const started = (key: string) => tell({ type: 'started', key, role: 'attack' });
  const repetitions = { seed: parseSeed(options.seed ?? DEFAULT_SEED), count: options.repeat ?? 1 };
  const judging = { world, controls, inTurn, started, repetitions, rerun: options.rerun ?? [] };
  const keep = (found: Result) => {
    // What was cut short says nothing about the client.
    if (options.signal?.aborted) return;
    const result = world.relay ? world.relay.mask.result(found) : found;
    if (result.verdict === 'pass' && options.transcripts !== 'all') delete result.transcript;
    results.push(result);
    tell({ type: 'result', result, done: results.length, selected: selected.length });
  };
  const ways = new Set<Way>();
  await Promise.all(
    selected.map(async ({ scenario, transport, vias }) => {
      try {
        const way = await controls.way(scenario, transport, vias);
        ways.add(way);
        keep(await judged(scenario, way, judging));
      } catch (error) {
        const around = { transport, via: vias[0] ?? 'ip', dialled: [], timeoutMs: 0 };
        keep(errorResult(scenario, around, judging, error));
      }
    }),
  );
  // What is never right is never right in a control either, whether or not it was selected.
  const login = options.catalogue.scenarios.find(({ id }) => id === 'control/login');
  for (const way of ways) {
    if (!login || way.base.findings.length === 0) continue;
    if (results.some(({ id, transport }) => id === login.id && transport === way.around.transport)) continue;
    keep(await controlResult(login, way, judging));
  }
  const order = new Map(selected.map(({ scenario, transport }, index) => [`${scenario.id},${transport}`, index]));
  const place = ({ id, transport }: Result) => order.get(`${id},${transport}`) ?? 0;
  return results.sort((a, b) => place(a) - place(b));
}

interface Done {
  results: Result[];
  selected: number;
  notes: string[];
  controls: Controls;
  started: number;
  seed: string;
}

async function reportOf(options: RunOptions, done: Done): Promise<Report> {
  const { catalogue, client, baseline, patterns, strict = false, policy = 'rfc9525' } = options;
  const today = new Date().toISOString().slice(0, 10);
  const held = baseline
    ? applyBaseline(done.results, baseline, keysOf(catalogue), today)
    : { results: done.results, stale: [], notes: [] };
  const summary: Record<Verdict, number> = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of held.results) summary[verdict] += 1;
  const controls = await done.controls.all();
  return {
    format: 'xmpp-mallory/1',
    tool: { name: 'xmpp-mallory', version: VERSION },
    catalogue: catalogue.hash,
    seed: done.seed,
    durationMs: Math.round(performance.now() - done.started),
    environment: {
      node: process.version,
      openssl: process.versions.openssl,
      platform: `${process.platform} ${process.arch}`,
      policy,
    },
    client: { label: client.label, version: client.version, command: client.command },
    loaded: catalogue.scenarios.length,
    selected: done.selected,
    summary,
    notes: [...done.notes, ...held.notes],
    controls: controls.map(({ profile, state, reason, outcome, durationMs }) => ({
      profile,
      ok: state === 'ok',
      outcome,
      diagnosis: reason,
      durationMs,
    })),
    results: held.results,
    stale: held.stale,
    // A run that was ended has not judged what it was asked to.
    exitStatus:
      exitStatus(held.results, held.stale, { strict, patterns }) || (done.results.length < done.selected ? 2 : 0),
  };
}
