/** One result in plain lines, for places that show nothing else of it: a test case of somebody else's test runner. */
import type { Result } from '../result.ts';
import { citation } from './citation.ts';
import { visible } from './escape.ts';
import { evidenceOf } from './evidence.ts';
import type { ReportContext } from './reporter.ts';

/** What was tried, each finding with its evidence and its clause, and the reason. Every line has been made visible. */
export function detailsOf(result: Result, { requirements }: Pick<ReportContext, 'requirements'>): string[] {
  const findings = result.findings.flatMap((finding) => [
    `${visible(finding.message)} [${finding.code}, ${finding.level}]`,
    ...evidenceOf(finding, result).map((line) => `  ${line}`),
    ...citation(finding.requirement, requirements),
  ]);
  return [visible(result.title), ...findings, ...(result.reason ? [visible(result.reason)] : [])];
}
