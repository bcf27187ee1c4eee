/** The reporters by name, and where their texts go. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Report } from '../result.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput } from '../scenario/problem.ts';
import { plain } from './colour.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { pretty } from './pretty.ts';
import type { ReportContext, Reporter } from './reporter.ts';
import { tap } from './tap.ts';

export const reporters: Readonly<Record<string, Reporter>> = { pretty, tap, junit, json };

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

/**
 * Writes all of them, also where one cannot be written. `print` takes what is for standard output.
 *
 * @returns a sentence for each file that could not be written.
 */
export async function writeReports(
  report: Report,
  specs: readonly ReporterSpec[],
  context: ReportContext,
  print: (text: string) => Promise<void>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, file } of specs) {
    const reporter = reporters[name] ?? pretty;
    if (file === null) {
      await print(reporter(report, context));
      continue;
    }
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, reporter(report, { ...context, paint: plain }));
    } catch (error) {
      problems.push(
        `The ${name} report cannot be written to ${file}: ${error instanceof Error ? error.message : error}.`,
      );
    }
  }
  return problems;
}
