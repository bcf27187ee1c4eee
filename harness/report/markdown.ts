/** Markdown for a CI job summary: verdicts by family, what went wrong with its proof, and the rest folded. */
import type { Finding, Report, Reports, Result } from '../result.ts';
import { clauseOf, clauseUri } from './citation.ts';
import { evidenceOf } from './evidence.ts';
import { block, code, folded, prose, table } from './markdown-text.ts';
import { isProblem, type ReportContext, runProblems } from './reporter.ts';
import { serverPolicyInWords } from './server-policy.ts';
import { familiesOf, nameOf, tally, VERDICTS, worstFirst } from './tally.ts';

/** GitHub refuses a summary of more than 1 MiB as a whole; some of it may be written already. Octets. */
const LONGEST = 900_000;

export function markdown(reports: Reports, context: ReportContext): string {
  const several = reports.length > 1;
  const sections = [
    several ? sideBySide(reports) : alone(reports[0]),
    ...reports.flatMap((report) => [...(several ? [`## ${prose(nameOf(report))}`] : []), ...bodyOf(report, context)]),
  ];
  return `${within(LONGEST, sections).join('\n\n')}\n`;
}

function alone(report: Report): string {
  const rows = [...familiesOf(report.results)].map(([name, results]) => [
    prose(name),
    ...VERDICTS.map((verdict) => String(results.filter((one) => one.verdict === verdict).length || '')),
  ]);
  return [
    `## ${report.tool.name}: ${prose(nameOf(report))}`,
    headline(report),
    table(['family', ...VERDICTS], rows),
  ].join('\n\n');
}

/** A client is a column. */
function sideBySide(reports: Reports): string {
  const head = ['family', ...reports.map((report) => prose(nameOf(report)))];
  const families = reports.map(({ results }) => familiesOf(results));
  const names = [...new Set(families.flatMap((one) => [...one.keys()]))];
  const rows = names.map((name) => [prose(name), ...families.map((one) => tally(one.get(name) ?? []))]);
  const all = reports.flatMap(({ results }) => results).filter((result) => isShown(result) || isOpen(result));
  const keys = [...new Set(all.map(({ key }) => key))];
  const verdictOf = (report: Report, key: string) => report.results.find((one) => one.key === key)?.verdict ?? '';
  const differing = keys.map((key) => [code(key), ...reports.map((report) => emphasised(verdictOf(report, key)))]);
  return [
    `## ${reports[0].tool.name}: ${reports.length} clients`,
    ...reports.map(headline),
    table(head, rows),
    ...(differing.length > 0 ? [table(['scenario', ...head.slice(1)], differing)] : []),
  ].join('\n\n');
}

const emphasised = (verdict: string) => (verdict === 'fail' ? `**${verdict}**` : verdict);

function headline(report: Report): string {
  const { results, selected, environment, tool, server, seed, durationMs, exitStatus } = report;
  const missing = results.length < selected ? `, ${selected - results.length} not run` : '';
  const how = `${tool.name} ${tool.version}, policy ${environment.policy}${serverPolicyInWords(server)}, seed ${seed}`;
  const time = `${(durationMs / 1000).toFixed(1)} s`;
  return `**${prose(nameOf(report))}: ${tally(results) || 'no result'}${missing}** of ${selected} in ${time}, exit status ${exitStatus}. ${prose(how)}.`;
}

function bodyOf(report: Report, context: ReportContext): string[] {
  const { results, notes, controls } = report;
  const shown = results.filter(isShown).sort(worstFirst);
  const held = controls.filter(
    ({ ok, profile }) => !ok && results.some((one) => one.control === profile && isOpen(one)),
  );
  return [
    ...[...notes, ...runProblems(report)].map((note) => `> ${prose(note)}`),
    ...held.map(({ profile, diagnosis }) => `> ${prose(`Control ${profile}: ${diagnosis ?? 'no reason is known'}`)}`),
    ...shown.map((result) => resultSection(result, context)),
    ...(shown.some(({ findings }) => findings.length > 0) ? [canaries(report)] : []),
    ...reasons('not judged', results.filter(isOpen)),
    ...reasons(
      'known, from the baseline',
      results.filter(({ baseline, verdict }) => baseline?.state === 'met' && verdict !== 'pass'),
    ),
    ...reasons(
      'skipped',
      results.filter(({ verdict }) => verdict === 'skip'),
    ),
  ];
}

const isOpen = ({ verdict, baseline }: Result) =>
  (verdict === 'inconclusive' || verdict === 'error') && baseline?.state !== 'met';

const isShown = (result: Result) =>
  (result.verdict === 'fail' || result.verdict === 'warn' || isProblem(result)) &&
  result.baseline?.state !== 'met' &&
  !isOpen(result);

function resultSection(result: Result, { requirements }: ReportContext): string {
  const { verdict, key, title, importance, findings, baseline, repeated } = result;
  const of = repeated ? ` in ${repeated.verdicts[verdict]} of ${repeated.of} repetitions` : '';
  const expected = baseline ? [prose(`The baseline expects ${baseline.expected}. (${baseline.reason})`)] : [];
  const proof = findings.flatMap((one) => evidenceOf(one, result));
  return [
    `### ${verdict.toUpperCase()}${of}: ${code(key)}`,
    `${prose(title)} (${importance})`,
    ...expected,
    ...(findings.length > 0 ? [findings.map((one) => findingItem(one, requirements)).join('\n')] : []),
    folded(
      'What was seen, and how to see it again',
      [...(proof.length > 0 ? [block([...new Set(proof)])] : []), block([result.rerun], 'sh')].join('\n\n'),
    ),
  ].join('\n\n');
}

function findingItem(
  { message, code: name, level, requirement }: Finding,
  requirements: ReportContext['requirements'],
): string {
  const clause = Object.hasOwn(requirements, requirement) ? requirements[requirement] : undefined;
  const wanted = clause
    ? `${prose(clause.text)} ([${prose(clauseOf(clause))}](${clauseUri(clause)}), ${code(requirement)})`
    : code(requirement);
  return `- **${prose(message)}** ${code(name)}, ${level}\n  Wanted: ${wanted}`;
}

const canaries = ({ relayed }: Report) =>
  relayed
    ? 'The password of the account is masked wherever it would show above.'
    : 'Passwords shown above are canaries: made for this run, they open nothing.';

/** Folded, under the reasons that they share. */
function reasons(title: string, results: readonly Result[]): string[] {
  if (results.length === 0) return [];
  const groups = new Map<string, string[]>();
  for (const { reason, baseline, findings, key, verdict } of results) {
    const said = findings.map(({ message }) => message).join(' ');
    const why = baseline?.state === 'met' ? `${baseline.kind}: ${baseline.reason}` : (reason ?? said);
    const name = verdict === 'skip' ? why : `${verdict}: ${why}`;
    groups.set(name, [...(groups.get(name) ?? []), key]);
  }
  const items = [...groups].map(
    ([why, keys]) => `- ${prose(why)}\n${keys.map((key) => `  - ${code(key)}`).join('\n')}`,
  );
  return [folded(`${results.length} ${title}`, items.join('\n'))];
}

/** As many sections as there is room for: cut in the middle, Markdown could mean anything. */
function within(octets: number, sections: readonly string[]): string[] {
  let room = octets;
  const kept = sections.filter((section) => {
    room -= Buffer.byteLength(section) + 2;
    return room >= 0;
  });
  const left = sections.length - kept.length;
  return left === 0
    ? kept
    : [...kept, `> ${left} sections more are left out, for which a job summary has no room: the JSON report has all.`];
}
