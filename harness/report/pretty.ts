/** The report for people: what did not work and why, what was found with its proof, and one line for all that is well. */
import type { BaselineNote, Finding, Repeated, Report, Result, Verdict } from '../result.ts';
import { citation, wrapped } from './citation.ts';
import { visible, visibleLines } from './escape.ts';
import { evidenceOf } from './evidence.ts';
import type { ReportContext } from './reporter.ts';
import { runProblems } from './reporter.ts';
import { serverPolicyInWords } from './server-policy.ts';

export function pretty(report: Report, context: ReportContext): string {
  const by = (...verdicts: Verdict[]) => report.results.filter(({ verdict }) => verdicts.includes(verdict));
  const fresh = by('fail', 'warn').filter(({ baseline }) => baseline?.state !== 'met');
  const explained = report.controls.flatMap(({ profile }) => heldUpBy(profile, report));
  const open = by('inconclusive', 'error').filter((result) => !explained.includes(result));
  const sections = [
    heading(report, context),
    notes(report, context),
    brokenControls(report, context),
    ...fresh.sort(worstFirst).map((result) => finding(result, context)),
    fresh.some(showsBytes) ? canaries(report, context) : '',
    asides(report, context),
    reasons('Not judged', open, context),
    reasons('Skipped', by('skip'), context),
    known(report, context),
    wholeRun(report, context),
    families(report, context),
    summary(report, context),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function heading({ tool, client, environment, server, seed }: Report, { paint }: ReportContext): string {
  const who = [client.label, client.version].filter(Boolean).join(' ');
  const how = `${tool.name} ${tool.version}, policy ${environment.policy}${serverPolicyInWords(server)}, seed ${seed}`;
  return `${paint('bold', visible(who))}\n${paint('dim', visible(how))}`;
}

function notes({ notes }: Report, { paint }: ReportContext): string {
  return notes.map((note) => indented(visibleLines(note), paint('yellow', 'Note: '), '      ')).join('\n');
}

/** Before anything else: where a login without an attack does not work, nothing can be said about attacks. */
function brokenControls(report: Report, { paint }: ReportContext): string {
  const held = new Map<string, Result[]>();
  for (const { profile, diagnosis } of report.controls) {
    const why = diagnosis ?? 'No reason is known.';
    held.set(why, [...(held.get(why) ?? []), ...heldUpBy(profile, report)]);
  }
  return [...held]
    .filter(([, results]) => results.length > 0)
    .map(([diagnosis, results]) => {
      const ways = [...new Set(results.map(({ transport }) => TRANSPORTS[transport]))].join(' and ');
      const lines = visibleLines(diagnosis).flatMap((line) => wrapped(line, WIDTH));
      const rest = wrapped(`So nothing is said about ${familyCounts(results)}.`, WIDTH);
      const head = paint('red', `No login over ${ways}, even without an attack`);
      return [head, ...[...lines, ...rest].map((line) => `  ${line}`)].join('\n');
    })
    .join('\n\n');
}

const TRANSPORTS = { starttls: 'STARTTLS', direct: 'direct TLS' };

/** Results that are open because this control failed. */
function heldUpBy(profile: string, { controls, results }: Report): Result[] {
  if (!controls.some((control) => control.profile === profile && !control.ok)) return [];
  return results.filter((result) => result.control === profile && isOpen(result));
}

const isOpen = ({ verdict }: Result) => verdict === 'inconclusive' || verdict === 'error';

/** One result: what was done, what the client did, what was wanted of it, and how to see it again. */
function finding(result: Result, context: ReportContext): string {
  const { paint } = context;
  const colour = result.verdict === 'fail' ? 'red' : 'yellow';
  const lines = [
    `${paint(colour, result.verdict.toUpperCase())} ${paint('bold', result.key)}  ${paint('dim', result.importance)}`,
    `  ${visible(result.title)}`,
    ...(result.repeated ? [`  ${repetitions(result.repeated, result.verdict)}`] : []),
    ...(result.baseline ? [`  ${changed(result.baseline, result.verdict)}`] : []),
    ...result.findings.flatMap((one) => ['', ...findingLines(one, result, context)]),
    '',
    `  ${paint('dim', 'again:')} ${visible(result.rerun)}`,
  ];
  return lines.join('\n');
}

function repetitions({ of, verdicts, seeds }: Repeated, verdict: Verdict): string {
  return `In ${verdicts[verdict]} of ${of} repetitions. Shown is the first of them; again with --seed: ${seeds.join(', ')}`;
}

function findingLines(one: Finding, result: Result, { paint, requirements }: ReportContext): string[] {
  const weight = one.level === 'must' ? '' : paint('dim', `, ${one.level}`);
  return [
    `  ${paint('bold', visible(one.message))}  ${paint('dim', one.code)}${weight}`,
    ...evidenceOf(one, result).map((line) => `    ${paint('cyan', line)}`),
    ...citation(one.requirement, requirements).map((line) => `  ${paint('dim', line)}`),
  ];
}

const showsBytes = (result: Result) => result.findings.some((one) => evidenceOf(one, result).length > 0);

function canaries({ relayed }: Report, { paint }: ReportContext): string {
  const sentence = relayed
    ? 'The password of the account is masked wherever it would show above.'
    : 'Passwords shown above are canaries: made for this run, they open nothing.';
  return paint('dim', sentence);
}

/** What was seen and has no weight, of results that are not shown in full. */
function asides({ results }: Report, { paint }: ReportContext): string {
  const seen = new Map<string, Result[]>();
  for (const result of results.filter(({ verdict }) => verdict === 'pass' || verdict === 'skip')) {
    for (const { message, code } of result.findings) {
      const what = `${visible(message)}  ${paint('dim', code)}`;
      seen.set(what, [...(seen.get(what) ?? []), result]);
    }
  }
  const lines = [...seen].flatMap(([what, group]) => [
    `  ${what}`,
    ...keysOrCounts(group).map((line) => paint('dim', `    ${line}`)),
  ]);
  return lines.length === 0 ? '' : [paint('bold', 'Also seen'), ...lines].join('\n');
}

/** Results that say little by themselves, under the reason that they share. */
function reasons(title: string, results: Result[], { paint }: ReportContext): string {
  if (results.length === 0) return '';
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const { verdict, reason } = result;
    const why = `${verdict === 'skip' ? '' : `${verdict}: `}${reason ?? 'no reason is known'}`;
    groups.set(why, [...(groups.get(why) ?? []), result]);
  }
  const lines = [...groups].flatMap(([why, group]) => [
    ...wrapped(visible(why), WIDTH).map((line) => `  ${line}`),
    ...keysOrCounts(group).map((line) => paint('dim', `    ${line}`)),
  ]);
  return [paint('bold', title), ...lines].join('\n');
}

const keysOrCounts = (results: Result[]) =>
  results.length > 8 ? wrapped(familyCounts(results), WIDTH) : results.map(({ key }) => key);

/** `certificate/* (34), stripping/* (20)` */
function familyCounts(results: Result[]): string {
  const names = [...new Set(results.map(familyOf))];
  return names.map((name) => `${name}/* (${results.filter((one) => familyOf(one) === name).length})`).join(', ');
}

/** What the baseline knows of, and where it is no longer true. */
function known({ results }: Report, { paint }: ReportContext): string {
  const noted = results.flatMap(({ key, verdict, baseline }) => (baseline ? [{ key, verdict, note: baseline }] : []));
  const met = noted.filter(({ note }) => note.state === 'met');
  const passing = noted.filter(({ note }) => note.state === 'unexpected-pass');
  const section = (title: string, lines: string[]) => (lines.length > 0 ? [[title, ...lines].join('\n')] : []);
  return [
    ...section(
      paint('bold', 'Known, from the baseline'),
      met.map(({ key, verdict, note }) => `  ${verdict} ${key}  ${paint('dim', why(note))}`),
    ),
    ...section(
      paint('red', 'No longer so: delete these from the baseline'),
      passing.map(({ key, note }) => `  pass ${key}, expected ${note.expected}  ${paint('dim', why(note))}`),
    ),
  ].join('\n\n');
}

const why = ({ kind, reason, link }: BaselineNote) => visible([`${kind}: ${reason}`, link].filter(Boolean).join(' '));

const changed = (note: BaselineNote, got: Verdict) =>
  `The baseline expects ${note.expected}, but this is ${got}. (${why(note)})`;

function wholeRun(report: Report, { paint }: ReportContext): string {
  return runProblems(report)
    .map((problem) => paint('red', visible(problem)))
    .join('\n');
}

/** Columns of text. */
const WIDTH = 110;

const VERDICTS: Verdict[] = ['pass', 'warn', 'fail', 'skip', 'inconclusive', 'error'];

/** One line for each family of scenarios. */
function families({ results }: Report, { paint }: ReportContext): string {
  const names = [...new Set(results.map(familyOf))];
  const width = Math.max(0, ...names.map((name) => name.length));
  return names
    .map((name) => `  ${name.padEnd(width)}  ${counts(countOf(results.filter((r) => familyOf(r) === name)), paint)}`)
    .join('\n');
}

function summary(report: Report, { paint }: ReportContext): string {
  const { selected, durationMs, summary, results } = report;
  const rest = results.length < selected ? `, ${selected - results.length} not run` : '';
  return `${paint('bold', `${selected} selected`)}: ${counts(summary, paint) || 'no result'}${rest} in ${seconds(durationMs)}`;
}

function counts(summary: Record<Verdict, number>, paint: ReportContext['paint']): string {
  const style = {
    pass: 'green',
    warn: 'yellow',
    fail: 'red',
    skip: 'dim',
    inconclusive: 'yellow',
    error: 'red',
  } as const;
  return VERDICTS.filter((verdict) => summary[verdict] > 0)
    .map((verdict) => paint(style[verdict], `${summary[verdict]} ${verdict}`))
    .join(', ');
}

function countOf(results: Result[]): Record<Verdict, number> {
  const count = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of results) count[verdict] += 1;
  return count;
}

const familyOf = ({ id }: { id: string }) => id.split('/', 1).join();

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

const RANK = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

const worstFirst = (a: Result, b: Result) =>
  Number(a.verdict !== 'fail') - Number(b.verdict !== 'fail') || RANK[a.importance] - RANK[b.importance];

const indented = (lines: string[], first: string, rest: string) =>
  lines.map((line, index) => `${index === 0 ? first : rest}${line}`).join('\n');
