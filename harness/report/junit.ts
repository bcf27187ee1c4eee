/** JUnit XML, as CI servers read it: a suite for each family, and for each client where there are several; a test case for each result. */
import type { Report, Reports, Result } from '../result.ts';
import { detailsOf } from './details.ts';
import { visible } from './escape.ts';
import { isProblem, type ReportContext, runProblems } from './reporter.ts';

export function junit(reports: Reports, context: ReportContext): string {
  const [{ tool }, ...others] = reports;
  const suites = reports.flatMap((report) =>
    suitesOf(report, context, others.length === 0 ? '' : `${report.client.label}: `),
  );
  const xml = suites.map((one) => one.xml).join('\n');
  const attributes = {
    name: [tool.name, ...reports.map(({ client }) => client.label)].join(' '),
    ...totals(suites),
    time: seconds(reports.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${write(attributes)}>\n${xml}\n</testsuites>\n`;
}

function suitesOf(report: Report, context: ReportContext, prefix: string): Suite[] {
  const suites = [...familiesOf(report.results)].map(([name, results]) =>
    suite(
      `${prefix}${name}`,
      results.map((result) => testCase(result, context)),
      results.reduce((sum, { durationMs }) => sum + durationMs, 0),
    ),
  );
  const problems = runProblems(report);
  return problems.length > 0 ? [...suites, suite(`${prefix}run`, problems.map(runCase), 0)] : suites;
}

interface Case {
  xml: string;
  kind: 'pass' | 'failure' | 'error' | 'skipped';
}

interface Suite {
  xml: string;
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

function suite(name: string, cases: Case[], milliseconds: number): Suite {
  const of = (kind: Case['kind']) => cases.filter((one) => one.kind === kind).length;
  const count = { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
  const attributes = { name, ...count, time: seconds(milliseconds) };
  const xml = [`  <testsuite${write(attributes)}>`, ...cases.map((one) => one.xml), '  </testsuite>'].join('\n');
  return { xml, ...count };
}

function totals(suites: Suite[]): Omit<Suite, 'xml'> {
  const sum = (of: 'tests' | 'failures' | 'errors' | 'skipped') => suites.reduce((all, one) => all + one[of], 0);
  return { tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') };
}

function testCase(result: Result, context: ReportContext): Case {
  const { id, key, verdict, durationMs, findings } = result;
  const kind = kindOf(result);
  const attributes = { classname: id.split('/', 1).join(), name: key, time: seconds(durationMs) };
  const details = text([...detailsOf(result, context), `again: ${visible(result.rerun)}`]);
  const type = findings[0]?.code ?? verdict;
  const body = {
    // A warning passes, but not in silence.
    pass: verdict === 'warn' ? `      <system-out>${details}</system-out>\n` : '',
    skipped: `      <skipped${write({ message: messageOf(result) })}/>\n`,
    failure: `      <failure${write({ type, message: messageOf(result) })}>${details}</failure>\n`,
    error: `      <error${write({ type: verdict, message: messageOf(result) })}>${details}</error>\n`,
  }[kind];
  return { kind, xml: `    <testcase${write(attributes)}${body === '' ? '/>' : `>\n${body}    </testcase>`}` };
}

function kindOf(result: Result): Case['kind'] {
  const { verdict, baseline } = result;
  if (isProblem(result)) return verdict === 'inconclusive' || verdict === 'error' ? 'error' : 'failure';
  // JUnit has no word for a known failure.
  if (verdict === 'skip' || (baseline?.state === 'met' && verdict !== 'pass')) return 'skipped';
  return 'pass';
}

function messageOf({ verdict, reason, baseline, findings }: Result): string {
  if (baseline?.state === 'met') return `known ${verdict}: ${baseline.kind}: ${baseline.reason}`;
  if (baseline?.state === 'unexpected-pass')
    return `passes, though the baseline expects ${baseline.expected}: delete its entry (${baseline.reason})`;
  const sentence = findings.map(({ message }) => message).join(' ') || reason || verdict;
  return baseline?.state === 'changed'
    ? `${verdict}, though the baseline expects ${baseline.expected}: ${sentence}`
    : sentence;
}

function runCase(problem: string): Case {
  const xml = `    <testcase${write({ classname: 'run', name: problem })}>\n      <failure${write({ type: 'run', message: problem })}/>\n    </testcase>`;
  return { kind: 'failure', xml };
}

function familiesOf(results: Result[]): Map<string, Result[]> {
  const families = new Map<string, Result[]>();
  for (const result of results) {
    const name = result.id.split('/', 1).join();
    families.set(name, [...(families.get(name) ?? []), result]);
  }
  return families;
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3);

const write = (attributes: Record<string, string | number>) =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xmlText(visible(String(value)))}"`)
    .join('');

/** Lines that were made visible one by one: line breaks are the only control characters left. */
const text = (lines: string[]) => xmlText(lines.join('\n'));

const xmlText = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
