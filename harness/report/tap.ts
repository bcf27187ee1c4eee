/** TAP 14, with a YAML block for whatever is not a plain pass. */
import type { Report, Result } from '../result.ts';
import { citation } from './citation.ts';
import { jsonText, visible } from './escape.ts';
import { evidenceOf } from './evidence.ts';
import { isProblem, type ReportContext, runProblems } from './reporter.ts';

export function tap(report: Report, context: ReportContext): string {
  const problems = runProblems(report);
  const count = report.results.length + problems.length;
  const lines = ['TAP version 14', `1..${count}`, ...preamble(report)];
  for (const [index, result] of report.results.entries()) lines.push(...testPoint(index + 1, result, context));
  for (const [index, problem] of problems.entries())
    lines.push(`not ok ${report.results.length + index + 1} - ${description(problem)}`);
  return `${lines.join('\n')}\n`;
}

function preamble({ tool, client, notes, controls }: Report): string[] {
  const broken = controls.flatMap(({ ok, profile, diagnosis }) => (ok ? [] : [`control ${profile}: ${diagnosis}`]));
  const who = [client.label, client.version].filter(Boolean).join(' ');
  return [`${tool.name} ${tool.version} against ${who}`, ...notes, ...broken].map((line) => `# ${visible(line)}`);
}

function testPoint(number: number, result: Result, context: ReportContext): string[] {
  const { verdict, key, reason, baseline } = result;
  const known = baseline?.state === 'met' && (verdict === 'fail' || verdict === 'inconclusive');
  const ok = !known && !isProblem(result) && verdict !== 'inconclusive';
  const directive =
    verdict === 'skip'
      ? ` # SKIP ${description(reason ?? '')}`
      : known
        ? ` # TODO ${description(`${baseline.kind}: ${baseline.reason}`)}`
        : '';
  const line = `${ok ? 'ok' : 'not ok'} ${number} - ${description(key)}${directive}`;
  const plainPass = verdict === 'pass' && ok && reason === null;
  return plainPass || verdict === 'skip' ? [line] : [line, ...diagnostics(result, context)];
}

/** Hash signs begin a directive. */
const description = (text: string) => visible(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');

/** JSON is YAML. */
function diagnostics(result: Result, { requirements }: ReportContext): string[] {
  const { title, verdict, outcome, reason, baseline, rerun, findings, durationMs } = result;
  const fields = {
    title,
    verdict,
    outcome,
    reason,
    ...(baseline ? { expected: baseline.expected, baseline: baseline.state } : {}),
    durationMs,
    findings: findings.map((finding) => ({
      code: finding.code,
      message: finding.message,
      requirement: finding.requirement,
      level: finding.level,
      wanted: citation(finding.requirement, requirements).join(' '),
      evidence: evidenceOf(finding, result),
    })),
    rerun,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${jsonText(value)}`);
  return ['---', ...lines, '...'].map((line) => `  ${line}`);
}
