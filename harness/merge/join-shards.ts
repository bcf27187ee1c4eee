/** The parts of one run as the report that the whole run would have made. */
import { isOpen } from '../judge/exit-status.ts';
import type { ControlSummary, Report, Result, Verdict } from '../result.ts';
import { BadInput } from '../scenario/problem.ts';
import type { ReadReport } from './read.ts';

/**
 * `order`: places of scenarios, by id; null: as the shards come.
 *
 * @throws BadInput where these are not the parts of one run, each once and all of them.
 */
export function joinShards(parts: readonly ReadReport[], order: ReadonlyMap<string, number> | null): Report {
  const reports = checked(parts).map(({ report }) => report);
  const [first] = reports;
  if (!first) throw new BadInput('There are no shards to join.');
  const results = resultsOf(reports);
  if (order) results.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  const summary: Record<Verdict, number> = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of results) summary[verdict] += 1;
  const machines = new Set(reports.map(({ environment }) => JSON.stringify(environment)));
  return {
    ...first,
    shard: null,
    durationMs: sum(reports.map(({ durationMs }) => durationMs)),
    selected: sum(reports.map(({ selected }) => selected)),
    summary,
    notes: [
      ...new Set(reports.flatMap(({ notes }) => notes)),
      ...(machines.size > 1 ? ['Its shards ran in different environments: the first is shown.'] : []),
    ],
    controls: controlsOf(reports),
    results,
    stale: distinctBy(
      reports.flatMap(({ stale }) => stale),
      ({ match }) => match,
    ),
    exitStatus: statusOf(reports),
  };
}

function checked(parts: readonly ReadReport[]): ReadReport[] {
  const [first] = parts;
  const name = [first?.report.client.label, first?.report.client.version].filter(Boolean).join(' ');
  const whole = parts.find(({ report }) => report.shard === null);
  const other = parts.find((one) => one !== whole);
  if (whole && other)
    throw new BadInput(
      other.report.shard === null
        ? `${whole.file} and ${other.file} are both a whole run of ${name}: give one of them.`
        : `${whole.file} is a whole run of ${name}, and ${other.file} a shard of one: give the one or the other.`,
    );
  const numbered = parts.flatMap((one) => (one.report.shard ? [{ ...one, shard: one.report.shard }] : []));
  const [head] = numbered;
  if (!head) return [...parts];
  for (const [at, { file, shard, report }] of numbered.entries()) {
    const differ = (what: string) => new BadInput(`${head.file} and ${file} are not of one run of ${name}: ${what}.`);
    if (shard.of !== head.shard.of) throw differ(`one is of ${head.shard.of} shards, the other of ${shard.of}`);
    if (shard.selection !== head.shard.selection) throw differ('what was selected differs');
    if (report.seed !== head.report.seed) throw differ(`their seeds are ${head.report.seed} and ${report.seed}`);
    if (report.tool.version !== head.report.tool.version)
      throw differ(`they were made by ${head.report.tool.version} and ${report.tool.version} of xmpp-mallory`);
    const twin = numbered.slice(0, at).find((one) => one.shard.n === shard.n);
    if (twin)
      throw new BadInput(
        `${twin.file} and ${file} are both shard ${shard.n}/${shard.of} of ${name}: give one of them.`,
      );
  }
  const there = new Set(numbered.map(({ shard }) => shard.n));
  const missing = Array.from({ length: head.shard.of }, (_, at) => at + 1).filter((n) => !there.has(n));
  if (missing.length > 0)
    throw new BadInput(
      `Of ${name}, ${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} of ${head.shard.of} ${missing.length === 1 ? 'is' : 'are'} missing: give ${missing.length === 1 ? 'its report' : 'their reports'}, too.`,
    );
  return numbered.sort((a, b) => a.shard.n - b.shard.n);
}

/** A base control that broke a rule is told by every shard; once is enough. */
function resultsOf(reports: readonly Report[]): Result[] {
  const results = reports.flatMap((report) => report.results);
  const worst = [...results].sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
  const kept = new Set(distinctBy(worst, ({ key }) => key));
  return results.filter((result) => kept.has(result));
}

const WORST: Verdict[] = ['fail', 'error', 'inconclusive', 'warn', 'pass', 'skip'];

/** Each once, and where one of them failed, that one: open results refer to it. */
function controlsOf(reports: readonly Report[]): ControlSummary[] {
  const controls = reports.flatMap((report) => report.controls);
  return distinctBy(controls.filter(({ ok }) => !ok).concat(controls), ({ profile }) => profile);
}

/**
 * As of the whole run, though a report does not say which patterns and `--strict` it had: a 1 is a 1 of the whole; a 2 is
 * one where something is open or was not run; where a shard merely judged nothing, it is enough that another one did.
 */
function statusOf(reports: readonly Report[]): Report['exitStatus'] {
  if (reports.some(({ exitStatus }) => exitStatus === 1)) return 1;
  if (reports.some(({ results, selected }) => results.some(isOpen) || results.length < selected)) return 2;
  return reports.some(({ exitStatus }) => exitStatus === 0) ? 0 : 2;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function distinctBy<Item>(items: readonly Item[], by: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(by(item)) && seen.add(by(item)));
}
