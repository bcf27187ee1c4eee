/** Several reports as one table: a row for each scenario and transport, a column for each client. */
import type { Importance, Report, Reports, Result } from '../../result.ts';
import { visible } from '../escape.ts';
import type { ReportContext } from '../reporter.ts';
import { controlInWords, EVERYWHERE, expectedInWords, scriptInWords, serverInWords } from '../scenario-words.ts';
import { type Details, LETTERS, type Row } from './model.ts';

export interface TableRow {
  row: Row;
  results: (Result | null)[];
}

/** The worst first, and what is equally bad as the catalogue has it. */
export function rowsOf(reports: Reports): TableRow[] {
  const found = new Map<string, (Result | null)[]>();
  for (const [column, { results }] of reports.entries()) {
    for (const result of results) {
      const key = `${result.id}[${result.transport}]`;
      const cells = found.get(key) ?? reports.map(() => null);
      // The same scenario by another way: the worse of both.
      const before = cells[column];
      if (!before || weight(result) < weight(before)) cells[column] = result;
      found.set(key, cells);
    }
  }
  return [...found.values()].map(tableRow).sort((a, b) => worstOf(a) - worstOf(b));
}

function tableRow(results: (Result | null)[]): TableRow {
  const made = results.filter((result) => result !== null);
  const [first] = made;
  const said = new Set(made.flatMap(sentences).map(visible));
  return {
    row: {
      id: visible(first?.id ?? ''),
      transport: first?.transport ?? '',
      title: visible(first?.title ?? ''),
      importance: first?.importance ?? 'info',
      verdicts: results.map((result) => (result ? LETTERS[result.verdict] : '.')).join(''),
      said: [...said].join('\n').slice(0, SAID),
    },
    results,
  };
}

/** Characters. */
const SAID = 1_000;

const sentences = ({ findings, reason, verdict }: Result) =>
  findings.length > 0 ? findings.map(({ message }) => message) : reason && verdict !== 'pass' ? [reason] : [];

const VERDICTS = Object.keys(LETTERS);
const IMPORTANCES: Importance[] = ['critical', 'high', 'medium', 'low', 'info'];

/** What the baseline knows goes behind what is new of the same kind. */
const weight = ({ verdict, importance, baseline }: Result) =>
  VERDICTS.indexOf(verdict) * 100 + IMPORTANCES.indexOf(importance) * 10 + Number(baseline?.state === 'met');

const worstOf = ({ results }: TableRow) => Math.min(...results.map((result) => (result ? weight(result) : 1e3)));

/** Of one row, whatever does not show before it is opened. */
export function detailsOf({ results }: TableRow, { scenarios }: ReportContext): Details {
  const id = results.find((result) => result !== null)?.id;
  const scenario = scenarios.find((one) => one.id === id);
  return {
    scenario: scenario
      ? {
          description: scenario.description,
          seenIn: scenario.seenIn,
          does: [...serverInWords(scenario), ...scriptInWords(scenario)],
          wanted: [...expectedInWords(scenario), { sentence: EVERYWHERE, requirement: null }],
          first: controlInWords(scenario),
        }
      : null,
    cells: results.map((result) => {
      if (!result) return null;
      const { id: _, title, transport, importance, ...cell } = result;
      return cell;
    }),
  };
}

/** How a column is headed. */
export function clientName({ client }: Report): string {
  return visible([client.label, client.version].filter(Boolean).join(' '));
}
