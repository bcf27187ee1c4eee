/** What zod found, as sentences for whoever wrote the file: each says what would have been right. */
import type * as z from 'zod';
import { didYouMean } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { YamlFile } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** The file's data if it is as the schema wants it; else null and one problem for each mistake. */
export function validate<T>(schema: z.ZodType<T>, file: YamlFile): { data: T | null; problems: Problem[] } {
  if (file.problems.length > 0) return { data: null, problems: file.problems };
  const parsed = schema.safeParse(file.data, { reportInput: true });
  if (parsed.success) return { data: parsed.data, problems: [] };
  const { issues } = parsed.error;
  const problems = issues
    .filter((issue) => !follows(issue, issues))
    .flatMap((issue) => problemsOf(issue, schema, file));
  return { data: null, problems };
}

/** A rule about a whole mapping is mostly broken because a key in it is wrong. */
function follows(issue: Issue, issues: Issue[]): boolean {
  const place = issue.path.join('/');
  return issue.code === 'custom' && issues.some(({ code, path }) => code !== 'custom' && path.join('/') === place);
}

function problemsOf(issue: Issue, schema: z.ZodType, file: YamlFile): Problem[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = keysAt(schema, path);
      return issue.keys.map((key) => {
        const hint = `${didYouMean(key, allowed) || '.'} Allowed here: ${allowed.join(', ')}.`;
        return file.problemAt([...path, key], `unknown key "${key}"${hint}`, 'key');
      });
    }
    case 'invalid_key':
      return issue.issues.map(({ message }) =>
        file.problemAt(path, `the key "${String(path.at(-1))}" must be ${message}.`, 'key'),
      );
    case 'invalid_union':
      return problemsOfUnion(issue, schema, file);
    case 'invalid_value': {
      if (issue.input === undefined) return [missing(path, file)];
      const allowed = issue.values.map(String);
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : '';
      const sentence = `${quoted(issue.input)} is not allowed for ${named(path)}${hint || '.'}`;
      return [file.problemAt(path, `${sentence} Allowed: ${allowed.join(', ')}.`)];
    }
    case 'invalid_type':
      if (issue.input === undefined) return [missing(path, file)];
      return [file.problemAt(path, wrongType(path, issue.input, [issue.expected]))];
    case 'too_small':
      return [file.problemAt(path, `${named(path)} must not be ${issue.origin === 'number' ? 'so small' : 'empty'}.`)];
    case 'too_big':
      return [file.problemAt(path, `${named(path)} is too large: at most ${issue.maximum}.`)];
    case 'invalid_format':
      return [file.problemAt(path, `${named(path)} is ${quoted(issue.input)}, but must be ${wanted(issue)}.`)];
    default:
      return [file.problemAt(path, `${named(path)}: ${issue.message}.`)];
  }
}

/** Speaks of the alternative that was meant: the one whose kind of value was given. */
function problemsOfUnion(issue: Issue & { code: 'invalid_union' }, schema: z.ZodType, file: YamlFile): Problem[] {
  if (issue.input === undefined) return [missing(issue.path, file)];
  const wrongKind = (one: Issue) => one.code === 'invalid_type' && one.path.length === 0;
  const meant = issue.errors.filter((branch) => !branch.some(wrongKind)).sort((a, b) => a.length - b.length)[0];
  if (meant)
    return meant.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] } as Issue, schema, file));
  const expected = issue.errors.flatMap((branch) => branch.flatMap((one) => ('expected' in one ? [one.expected] : [])));
  return [file.problemAt(issue.path, wrongType(issue.path, issue.input, expected))];
}

/** What our own schemas say of a format; zod's own words begin so. */
const wanted = ({ message, format }: { message: string; format: string }) =>
  message.startsWith('Invalid') ? format : message;

const missing = (path: Issue['path'], file: YamlFile) =>
  file.problemAt(path.slice(0, -1), `${named(path)} is missing.`);

function wrongType(path: Issue['path'], input: unknown, expected: string[]): string {
  const kinds = [...new Set(expected.map((kind) => KINDS[kind] ?? kind))].join(' or ');
  if (input === null) return `${named(path)} is empty; it must be ${kinds}.`;
  const quotes = expected.includes('string') && typeof input !== 'object' ? ' Put it in quotes.' : '';
  return `${named(path)} must be ${kinds}, not ${KINDS[kindOf(input)]}.${quotes}`;
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'empty',
};

const kindOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** The last key of a path; items of lists are counted from 1. */
function named(path: Issue['path']): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  if (typeof last !== 'number') return `"${String(last)}"`;
  return `item ${last + 1} of "${String(path.at(-2) ?? 'the file')}"`;
}

const quoted = (value: unknown) => JSON.stringify(value) ?? String(value);

/** The keys that a schema allows at a path, through optional values, lists, mappings and alternatives. */
function keysAt(schema: unknown, path: Issue['path']): string[] {
  const { def } = schema as { def: SchemaDefinition };
  if (def.innerType) return keysAt(def.innerType, path);
  if (def.options) return [...new Set(def.options.flatMap((option) => keysAt(option, path)))];
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(def.shape ?? {});
  const next = def.shape?.[String(head)] ?? def.element ?? def.valueType;
  return next === undefined ? [] : keysAt(next, rest);
}

interface SchemaDefinition {
  shape?: Record<string, unknown>;
  element?: unknown;
  valueType?: unknown;
  innerType?: unknown;
  options?: unknown[];
}
