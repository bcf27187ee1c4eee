/** Reads JSON reports, one client's or several's, and refuses whatever is none. */
import { readFile } from 'node:fs/promises';
import type { Report } from '../result.ts';
import { BadInput, shown } from '../scenario/problem.ts';

export interface ReadReport {
  /** As a message names it. */
  file: string;
  report: Report;
}

const FORMAT = 'xmpp-mallory/1';

/** @throws BadInput with a sentence for each file that is no report. */
export async function readReports(paths: readonly string[]): Promise<ReadReport[]> {
  const { reportSchema } = await import('../report/schema.ts');
  const problems: string[] = [];
  const read: ReadReport[] = [];
  for (const path of paths) {
    const file = shown(path);
    try {
      for (const [at, value] of reportsIn(await jsonOf(path, file), file).entries()) {
        const checked = reportSchema.safeParse(value);
        const [issue] = checked.error?.issues ?? [];
        if (issue) throw new BadInput(`${file} is no report: ${placeOf(issue.path)}: ${issue.message}. ${VERSIONS}`);
        read.push({ file: at === 0 ? file : `${file} (report ${at + 1})`, report: value as Report });
      }
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problems.push(...error.sentences);
    }
  }
  if (problems.length > 0) throw new BadInput(problems);
  return read;
}

const VERSIONS = 'Was it made by another version of xmpp-mallory?';

async function jsonOf(path: string, file: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${file} cannot be read: ${error.message}.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    const what = text.trimStart().startsWith('{') ? 'is cut short, or damaged' : 'is no JSON';
    throw new BadInput(
      `${file} ${what} (${error instanceof Error ? error.message : error}). Make it with --reporter json=FILE.`,
    );
  }
}

/** What `merge` wrote holds several. */
function reportsIn(value: unknown, file: string): unknown[] {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format === undefined) throw new BadInput(`${file} is JSON, but no report: make it with --reporter json=FILE.`);
  if (format !== FORMAT)
    throw new BadInput(`${file} has the format ${JSON.stringify(format)}; this version reads "${FORMAT}" only.`);
  return typeof value === 'object' && value !== null && 'reports' in value && Array.isArray(value.reports)
    ? value.reports
    : [value];
}

const placeOf = (path: readonly PropertyKey[]) =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '') || 'its top level';
