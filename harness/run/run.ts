/** A whole run: what was selected, each with its controls, as many at a time as there are places, and the report. */

import { isServer } from '../client/server.ts';
import { applyBaseline } from '../judge/baseline.ts';
import { exitStatus } from '../judge/exit-status.ts';
import type { Report, Result, Shard, Verdict } from '../result.ts';
import { coreIds } from '../scenario/core.ts';
import { BadInput } from '../scenario/problem.ts';
import { keysOf, type Selected, selectionDigest, selectScenarios } from '../scenario/select.ts';
import { VERSION } from '../version.ts';
import { openCache } from './cache.ts';
import type { Progress, RunOptions } from './options.ts';
import type { ServerUnderTest } from './server.ts';
import { DEFAULT_SEED, openSession, type Session } from './session.ts';
import { shardOf } from './shard.ts';
import type { Controls, Way } from './ways.ts';

/** Never rejects because of a client; throws BadInput for patterns that match nothing, and where no file can be written. */
export async function run(options: RunOptions): Promise<Report> {
  const started = performance.now();
  const { catalogue, patterns, client } = options;
  const via = options.via ?? client.via;
  if (via === 'dns' && client.confinable && !options.confine && !client.confined) throw new BadInput(NEEDS_CONFINE);
  const core = options.core ? await coreIds() : undefined;
  const namespace = isServer(client) ? 'jabber:server' : 'jabber:client';
  const all = selectScenarios(catalogue, patterns, { transport: options.transport, via, core, namespace });
  const selected = options.shard ? shardOf(all, options.shard) : all;
  const shard = options.shard ? { ...options.shard, selection: selectionDigest(all) } : null;
  const cache = options.cache === undefined ? null : await openCache(options.cache, options);
  const notes: string[] = [];
  const tell = (progress: Progress) => options.onProgress?.(progress);
  const session = await openSession({
    ...options,
    started: (key) => tell({ type: 'started', key, role: 'attack' }),
    note(text) {
      notes.push(text);
      tell({ type: 'note', text });
    },
  });
  try {
    tell({ type: 'planned', selected: selected.length });
    const earlier = selected.flatMap((one) => cache?.find(one) ?? []);
    const results = await judgeAll(selected, earlier, options, session, tell);
    if (earlier.length > 0)
      notes.unshift(`${earlier.length} of ${selected.length} results are cached: from earlier runs.`);
    const unsaved = await cache?.save(results);
    if (unsaved) notes.push(unsaved);
    const { controls, world } = session;
    const { server } = world;
    const done = {
      server,
      results,
      selected: selected.length,
      shard,
      notes,
      controls,
      started,
      seed: options.seed ?? DEFAULT_SEED,
    };
    const report = await reportOf(options, done);
    return world.relay ? world.relay.mask.report(report) : report;
  } finally {
    await session.close();
  }
}

const NEEDS_CONFINE =
  '--via dns needs --confine: a client that is told neither host nor port asks the DNS of this machine, and only in a network of its own is that Mallory.';

async function judgeAll(
  selected: Selected[],
  earlier: Result[],
  options: RunOptions,
  session: Session,
  tell: (progress: Progress) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const keep = (result: Result) => {
    // What was cut short says nothing about the client.
    if (options.signal?.aborted) return;
    if (result.verdict === 'pass' && options.transcripts !== 'all') delete result.transcript;
    results.push(result);
    tell({ type: 'result', result, done: results.length, selected: selected.length });
  };
  for (const result of earlier) keep(result);
  const known = new Set(earlier.map(({ id, transport }) => `${id},${transport}`));
  const ways = new Set<Way>();
  await Promise.all(
    selected.map(async (one) => {
      if (known.has(`${one.scenario.id},${one.transport}`)) return;
      const { result, way } = await session.judge(one);
      if (way) ways.add(way);
      keep(result);
    }),
  );
  // What is never right is never right in a control either, whether or not it was selected.
  const login = options.catalogue.scenarios.find(({ id }) => id === 'control/login');
  for (const way of ways) {
    if (!login || way.base.findings.length === 0) continue;
    if (results.some(({ id, transport }) => id === login.id && transport === way.around.transport)) continue;
    keep(await session.judgeControl(login, way));
  }
  const order = new Map(selected.map(({ scenario, transport }, index) => [`${scenario.id},${transport}`, index]));
  const place = ({ id, transport }: Result) => order.get(`${id},${transport}`) ?? 0;
  return results.sort((a, b) => place(a) - place(b));
}

interface Done {
  server: ServerUnderTest | null;
  results: Result[];
  selected: number;
  shard: Shard | null;
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
    client: { label: client.label, version: done.server?.version ?? client.version, command: client.command },
    ...(done.server && { server: { policyName: done.server.policyName, policy: done.server.policy } }),
    relayed: options.upstream !== undefined,
    shard: done.shard,
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
