/** The reporters by name, and where their texts go. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reports } from '../result.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput } from '../scenario/problem.ts';
import { plain } from './colour.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { pretty } from './pretty.ts';
import type { ReportContext, Reporter, ReporterOfMany } from './reporter.ts';
import { sideBySide } from './side-by-side.ts';
import { tap } from './tap.ts';

/** `one`: its format has no place for more than one client. */
type Format = { of: 'one'; write: Reporter } | { of: 'many'; write: ReporterOfMany };

export const reporters: Readonly<Record<string, Format>> = {
  pretty: {
    of: 'many',
    write: (reports, context) =>
      [...reports.map((report) => pretty(report, context)), sideBySide(reports, context)].filter(Boolean).join('\n\n'),
  },
  tap: { of: 'one', write: tap },
  junit: { of: 'many', write: junit },
  json: { of: 'many', write: json },
  // Those of a run without them need not load them.
  html: { of: 'many', write: async (...them) => (await import('./html/index.ts')).html(...them) },
  markdown: { of: 'many', write: async (...them) => (await import('./markdown.ts')).markdown(...them) },
  github: { of: 'many', write: async (...them) => (await import('./github.ts')).github(...them) },
  sarif: { of: 'many', write: async (...them) => (await import('./sarif.ts')).sarif(...them) },
  statement: { of: 'many', write: async (...them) => (await import('./statement.ts')).statement(...them) },
};

export interface ReporterSpec {
  name: string;
  /** Null: standard output. */
  file: string | null;
}

/**
 * `NAME` or `NAME=FILE`, each at most once for a place. Where none is for standard output, `pretty` is.
 *
 * @throws BadInput for a name that there is not, or for two in one place.
 */
export function parseReporters(words: readonly string[]): ReporterSpec[] {
  const specs = words.map(parseReporter);
  if (!specs.some(({ file }) => file === null)) specs.unshift({ name: 'pretty', file: null });
  for (const [index, { name, file }] of specs.entries()) {
    const other = specs.slice(0, index).find((earlier) => earlier.file === file);
    if (!other) continue;
    const place = file ?? 'standard output';
    throw new BadInput(
      `${other.name} and ${name} would both write to ${place}: give one a file, --reporter ${name}=FILE.`,
    );
  }
  return specs;
}

function parseReporter(word: string): ReporterSpec {
  const [name = '', ...rest] = word.split('=');
  const file = rest.length > 0 ? rest.join('=') : null;
  const names = Object.keys(reporters);
  if (!names.includes(name))
    throw new BadInput(
      `There is no reporter "${name}"${didYouMean(name, names) || '.'} There are: ${names.join(', ')}.`,
    );
  if (file === '') throw new BadInput(`--reporter ${word} names no file; write --reporter ${name}=FILE.`);
  return { name, file };
}

/** @throws BadInput for a reporter that cannot show several clients. */
export function checkShowsMany(specs: readonly ReporterSpec[]): void {
  const only = specs.find(({ name }) => reporters[name]?.of === 'one');
  if (!only) return;
  const others = Object.keys(reporters).filter((name) => reporters[name]?.of === 'many');
  throw new BadInput(
    `A ${only.name} report has room for one client, and these are several: take ${others.join(', ')}, or merge each client by itself.`,
  );
}

/**
 * Writes all of them, also where one cannot be written. `print` takes what is for standard output. Several reports need
 * reporters that passed `checkShowsMany`.
 *
 * @returns a sentence for each file that could not be written.
 */
export async function writeReports(
  reports: Reports,
  specs: readonly ReporterSpec[],
  context: ReportContext,
  print: (text: string) => Promise<void>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, file } of specs) {
    if (file === null) {
      await print(await textOf(name, reports, context));
      continue;
    }
    try {
      await mkdir(dirname(file), { recursive: true });
      // Other commands of the same step may have written to it already.
      const write = file === process.env.GITHUB_STEP_SUMMARY ? appendFile : writeFile;
      await write(file, await textOf(name, reports, { ...context, paint: plain }));
    } catch (error) {
      problems.push(
        `The ${name} report cannot be written to ${file}: ${error instanceof Error ? error.message : error}.`,
      );
    }
  }
  return problems;
}

export function textOf(name: string, reports: Reports, context: ReportContext): string | Promise<string> {
  const format = reporters[name];
  if (!format) throw new TypeError(`There is no reporter ${name}.`);
  return format.of === 'many' ? format.write(reports, context) : format.write(reports[0], context);
}
