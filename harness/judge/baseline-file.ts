/** Reads and writes baseline files. It takes zod and yaml: import it only where there is one to read. */
import * as z from 'zod';
import { jsonText, visible } from '../report/escape.ts';
import type { Result, Verdict } from '../result.ts';
import { matchesPattern } from '../scenario/glob.ts';
import { validate } from '../scenario/issues.ts';
import { badFiles } from '../scenario/problem.ts';
import { readYaml } from '../scenario/yaml-file.ts';
import type { Baseline, BaselineEntry } from './baseline.ts';

/** A pass needs no entry, and an error is never expected. */
const entrySchema = z.strictObject({
  match: z.string().min(1),
  expected: z.enum(['fail', 'warn', 'inconclusive', 'skip']),
  kind: z.enum(['bug', 'wontfix', 'unsupported', 'todo', 'flaky']),
  reason: z.string().min(1),
  link: z.string().optional(),
  expires: z.iso.date('a day, such as 2031-12-31').optional(),
});

/** @throws BadInput with file, line, column and what would have been right. */
export async function loadBaseline(path: string): Promise<Baseline> {
  const yaml = await readYaml(path);
  // A file with nothing but comments is what is left when all is mended.
  if (yaml.problems.length === 0 && yaml.data === null) return { file: yaml.file, entries: [] };
  const { data, problems } = validate(z.array(entrySchema), yaml);
  if (data === null) throw badFiles(problems);
  const entries = data.map((entry, index) => ({ ...entry, line: yaml.problemAt([index], '').line ?? undefined }));
  return { file: yaml.file, entries };
}

const WRITTEN: readonly Verdict[] = ['fail', 'warn', 'inconclusive'];

/**
 * A baseline under which these results are as expected: an entry for each id whose every result has the same verdict for
 * the same reason, else for each key. What `before` says of them is kept where it still holds, and so is what it says
 * of scenarios that did not run.
 */
export function writeBaseline(results: readonly Result[], clientLabel: string, before: Baseline | null = null): string {
  const others = (before?.entries ?? []).filter(
    ({ match }) => !results.some((result) => matchesPattern(match, result.key)),
  );
  const ids = [...new Set(results.map(({ id }) => id))];
  const entries = [
    ...others,
    ...ids.flatMap((id) =>
      entriesFor(
        results.filter((result) => result.id === id),
        before,
      ),
    ),
  ];
  const head = [
    `What ${oneLine(clientLabel)} is known to do, for xmpp-mallory run --baseline.`,
    'Known failures still run. Change "reason" to why it is so, and "kind" to bug, wontfix, unsupported, todo or flaky;',
    '"link" and "expires: YYYY-MM-DD" may be added.',
  ];
  return [...head.map((line) => `# ${visible(line)}`), ...entries.map(entryText)].join('\n').concat('\n');
}

function entriesFor(results: Result[], before: Baseline | null): BaselineEntry[] {
  const entries = results
    .filter(({ verdict }) => WRITTEN.includes(verdict))
    .map((result) => ({ ...contentOf(result, before), match: result.key }));
  const [first] = entries;
  const alike = entries.length === results.length && new Set(entries.map(withoutMatch)).size === 1;
  const [id] = results.map((result) => result.id);
  return first && id !== undefined && alike && results.length > 1 ? [{ ...first, match: id }] : entries;
}

const withoutMatch = ({ match: _, ...rest }: BaselineEntry) => JSON.stringify(rest);

function contentOf(result: Result, before: Baseline | null): Omit<BaselineEntry, 'match'> {
  const { verdict, baseline, findings, reason } = result;
  const known = before?.entries.find(
    (entry) =>
      matchesPattern(entry.match, result.key) && entry.expected === verdict && entry.reason === baseline?.reason,
  );
  if (known && baseline?.state === 'met') {
    const { match: _, line: __, ...kept } = known;
    return kept;
  }
  return {
    expected: verdict,
    kind: verdict === 'inconclusive' ? 'todo' : 'bug',
    reason: oneLine(findings[0]?.message ?? reason ?? 'not known'),
  };
}

function entryText(entry: BaselineEntry): string {
  const { match, expected, kind, reason, link, expires } = entry;
  const fields = Object.entries({ match, expected, kind, reason, link, expires }).filter(
    ([, value]) => value !== undefined,
  );
  // JSON strings are YAML, whatever is in them.
  const lines = fields.map(([name, value]) => `${name}: ${/^[\w-]+$/.test(`${value}`) ? value : jsonText(value)}`);
  return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`).join('\n');
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
