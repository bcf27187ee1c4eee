/** What a reporter is: a pure function from a report, or from several, to text. */
import type { Report, Reports, Result } from '../result.ts';
import type { Requirement } from '../scenario/catalogue.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Paint, plain } from './colour.ts';

export interface ReportContext {
  /** The clauses that findings cite. */
  requirements: Readonly<Record<string, Requirement>>;
  /** Those of the catalogue that the report was made with; empty where it is not at hand. */
  scenarios: readonly Scenario[];
  /** A file of the project under test that findings can be shown at, relative to its root. Default: none is known. */
  artifact?: ((report: Report) => string | null) | undefined;
  /** Default: no colour. */
  paint: Paint;
}

export type Reporter = (report: Report, context: ReportContext) => string;

/** What can show clients side by side. */
export type ReporterOfMany = (reports: Reports, context: ReportContext) => string | Promise<string>;

export const BARE_CONTEXT: ReportContext = { requirements: {}, scenarios: [], paint: plain };

/** Whether this result alone makes the exit status other than 0 (design, section 7). */
export function isProblem({ verdict, baseline }: Result): boolean {
  if (verdict === 'error' || baseline?.state === 'unexpected-pass' || baseline?.state === 'changed') return true;
  return (verdict === 'fail' || verdict === 'inconclusive') && baseline?.state !== 'met';
}

/** What is wrong with the run as a whole, in sentences: for formats that know nothing but test cases. */
export function runProblems(report: Report): string[] {
  const stale = report.stale.map(({ match, why }) =>
    why === 'expired'
      ? `The baseline entry "${match}" has expired: renew or delete it.`
      : `The baseline entry "${match}" matches no scenario: delete it.`,
  );
  if (report.exitStatus === 0 || stale.length > 0 || report.results.some(isProblem)) return stale;
  if (report.exitStatus === 1) return [`${report.summary.warn} warnings, and --strict is set.`];
  return ['Nothing was judged: no scenario got as far as a pass, a warning or a known failure.'];
}
