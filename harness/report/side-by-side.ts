/** The end of a report of several clients for people: the verdicts of each in a line. */
import type { Reports } from '../result.ts';
import { visible } from './escape.ts';
import type { ReportContext } from './reporter.ts';
import { nameOf, VERDICTS } from './tally.ts';

/** Empty for one client. */
export function sideBySide(reports: Reports, { paint }: ReportContext): string {
  if (reports.length === 1) return '';
  const head = ['', ...VERDICTS, 'exit status'];
  const rows = reports.map((report) => [
    visible(nameOf(report)),
    ...VERDICTS.map((verdict) => String(report.summary[verdict] || '')),
    String(report.exitStatus),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return [`${reports.length} clients`, paint('dim', line(head)), ...rows.map(line)].join('\n').concat('\n');
}
