/** The JSON report (design, section 8): one as it is, several in a document of their own. */
import type { MergedReports, Report, Reports } from '../result.ts';
import { jsonText } from './escape.ts';

export function json(reports: Reports): string {
  const [only, ...more] = reports;
  return `${jsonText(more.length === 0 ? only : side(reports), 2)}\n`;
}

const side = (reports: Reports): MergedReports => ({
  format: 'xmpp-mallory/1',
  reports,
  exitStatus: worstStatus(reports),
});

/** Of several clients: 1 goes before 2. */
export function worstStatus(reports: readonly Pick<Report, 'exitStatus'>[]): Report['exitStatus'] {
  return ([1, 2] as const).find((status) => reports.some(({ exitStatus }) => exitStatus === status)) ?? 0;
}
