/**
 * Measures the matrix: the time of each scenario against the correct client, and every fault against the scenarios that
 * may come into the core. What is there already is kept, so that a new fault costs seconds and an interrupted measurement
 * goes on where it was.
 */
import { runScenarios } from '../../harness/index.ts';
import type { Report, Result } from '../../harness/result.ts';
import type { Catalogue } from '../../harness/scenario/catalogue.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { referenceClient } from '../reference-client/client.ts';
import { type Fault, faults } from '../reference-client/faults.ts';
import { choose } from './choose.ts';
import { type Matrix, type Row, writeMatrix } from './matrix.ts';

/** So many, the best by what they are meant for, are tried with every fault. */
const CANDIDATES = 60;

/** Milliseconds: what waits longer never catches most for its time. */
const QUICK = 1_000;

const names = Object.keys(faults) as Fault[];

/** @param before what was measured earlier; null: nothing. */
export async function measure(before: Matrix | null, tell: (text: string) => void): Promise<Matrix> {
  const catalogue = await loadScenarios();
  const matrix = await timed(catalogue, before);
  if (matrix.candidates.length === 0) matrix.candidates = candidatesOf(matrix);
  for (const fault of names.filter((name) => !matrix.measured.includes(name))) {
    const { results } = await runFor(catalogue, matrix.candidates, fault);
    for (const { id } of results.filter(isCaught)) {
      const row = matrix.scenarios[id];
      if (row && !row.meant.includes(fault)) row.also.push(fault);
    }
    matrix.measured.push(fault);
    await writeMatrix(matrix);
    tell(`${matrix.measured.length} of ${names.length}: ${fault}`);
  }
  return matrix;
}

/** A finding of any level, as in the kill matrix. */
export const isCaught = ({ verdict, findings }: Result) =>
  verdict === 'fail' || verdict === 'warn' || findings.length > 0;

/** What each scenario is meant for, as it is today, and the times of those that have none yet. */
async function timed({ scenarios, ...rest }: Catalogue, before: Matrix | null): Promise<Matrix> {
  const attacks = scenarios.filter(({ caughtBy }) => caughtBy.length > 0);
  const unknown = attacks.filter(({ id }) => !before?.scenarios[id]).map(({ id }) => id);
  const fresh = unknown.length > 0 ? await runFor({ scenarios, ...rest }, unknown) : { results: [], controls: [] };
  const rows = attacks.flatMap(({ id, importance, caughtBy }): [string, Row][] => {
    const old = before?.scenarios[id];
    const result = fresh.results.find((one) => one.id === id && one.verdict === 'pass');
    const ms = old?.ms ?? result?.durationMs;
    const control = old?.control ?? result?.control;
    if (ms === undefined || !control) return [];
    const also = (old?.also ?? []).filter((fault) => names.includes(fault) && !caughtBy.includes(fault));
    return [[id, { importance, ms: Math.round(ms), control, meant: caughtBy as Fault[], also }]];
  });
  const controls = fresh.controls.map(({ profile, durationMs }) => [profile, Math.round(durationMs)]);
  return {
    faults: names,
    candidates: (before?.candidates ?? []).filter((id) => scenarios.some((one) => one.id === id)),
    measured: (before?.measured ?? []).filter((fault) => names.includes(fault)),
    controls: { ...Object.fromEntries(controls), ...before?.controls },
    scenarios: Object.fromEntries(rows),
  };
}

/** By what they are meant for. */
function candidatesOf(matrix: Matrix): string[] {
  const quick = Object.entries(matrix.scenarios).filter(([, { ms }]) => ms < QUICK);
  return choose({ ...matrix, scenarios: Object.fromEntries(quick) }, CANDIDATES).map(({ id }) => id);
}

/** Over the first of its transports: it is a rare fault that shows over the other one only. */
async function runFor(catalogue: Catalogue, ids: string[], fault?: Fault): Promise<Report> {
  const wanted = catalogue.scenarios.filter(({ id }) => ids.includes(id));
  const patterns = wanted.map(({ id, transports }) => `${id}[${transports[0]},ip]`);
  const client = referenceClient(fault ? { faults: [fault] } : { patience: 1_000 });
  return runScenarios({ client, catalogue, patterns, via: 'ip', jobs: 4, timeoutMs: 5_000 });
}
