/**
 * For the log of GitHub Actions: the report for people, followed by annotations (workflow commands). What a client says is
 * never taken for a command: while the report is printed, the runner obeys nobody.
 */
import { randomUUID } from 'node:crypto';
import type { Report, Reports, Result } from '../result.ts';
import { shortened, visible } from './escape.ts';
import { pretty } from './pretty.ts';
import { isProblem, type ReportContext, runProblems } from './reporter.ts';
import { worstFirst } from './tally.ts';

/** A step shows ten of each kind, and drops the others without a word. */
const MOST = 10;
/** Characters of a message. */
const LONGEST = 2_000;

export function github(reports: Reports, context: ReportContext): string {
  // Nobody who has written something into the report can have known it.
  const token = `xmpp-mallory-${randomUUID()}`;
  const texts = reports.map((report) => pretty(report, context));
  const annotations = reports.flatMap((report) => annotationsOf(report, context, reports.length > 1));
  const lines = (['error', 'warning'] as const).flatMap((kind) =>
    limited(annotations.filter((one) => one.kind === kind)),
  );
  return `::stop-commands::${token}\n${texts.join('\n\n')}\n::${token}::\n${lines.map((line) => `${line}\n`).join('')}`;
}

interface Annotation {
  kind: 'error' | 'warning';
  title: string;
  file: string | null;
  message: string;
}

function annotationsOf(report: Report, context: ReportContext, several: boolean): Annotation[] {
  const file = context.artifact?.(report) ?? null;
  const titled = (title: string) => (several ? `${report.client.label}: ${title}` : title);
  const results = report.results
    .filter((result) => isProblem(result) || (result.verdict === 'warn' && result.baseline?.state !== 'met'))
    .sort(worstFirst)
    .map((result) => ({
      kind: isProblem(result) ? ('error' as const) : ('warning' as const),
      title: titled(result.key),
      file,
      message: messageOf(result),
    }));
  const problems = runProblems(report).map((message) => ({
    kind: 'error' as const,
    title: titled('the whole run'),
    file,
    message,
  }));
  return [...problems, ...results];
}

function messageOf({ verdict, reason, baseline, findings, rerun }: Result): string {
  const said = findings.map(({ message, code, requirement }) => `${message} [${code}, ${requirement}]`);
  const expected =
    baseline && baseline.state !== 'met' ? [`The baseline expects ${baseline.expected}: ${baseline.reason}`] : [];
  const lines = [`${verdict}: ${said.length > 0 ? said.join(' ') : (reason ?? '')}`, ...expected, `again: ${rerun}`];
  return lines.map((line) => shortened(visible(line), LONGEST)).join('\n');
}

function limited(annotations: Annotation[]): string[] {
  if (annotations.length <= MOST) return annotations.map(command);
  const rest = annotations.slice(MOST - 1);
  const [{ kind, file } = { kind: 'error' as const, file: null }] = rest;
  const message = rest.map(({ title }) => shortened(visible(title), 200)).join('\n');
  return [...annotations.slice(0, MOST - 1), { kind, file, title: `${rest.length} more`, message }].map(command);
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions, escaped as actions/toolkit does it. */
function command({ kind, title, file, message }: Annotation): string {
  const properties = [...(file === null ? [] : [`file=${property(file)}`, 'line=1']), `title=${property(title)}`];
  return `::${kind} ${properties.join(',')}::${data(message)}`;
}

/** Line breaks are ours. */
const data = (text: string) => text.split('\n').map(visible).join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');

const property = (text: string) => data(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
