/** The JSON report (design, section 8): the report as it is. */
import type { Report } from '../result.ts';
import { jsonText } from './escape.ts';

export function json(report: Report): string {
  return `${jsonText(report, 2)}\n`;
}
