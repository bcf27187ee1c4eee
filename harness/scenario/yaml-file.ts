/** A YAML file whose every node knows its place. */
import { readFile } from 'node:fs/promises';
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { BadInput, type Problem, shown } from './problem.ts';

export type Path = readonly PropertyKey[];

export interface YamlFile {
  /** For messages. */
  file: string;
  data: unknown;
  /** Mistakes of YAML itself; then `data` is of no use. */
  problems: Problem[];
  /** Where the value at this path stands, or, with `key`, its key; where it is missing: what should hold it. */
  problemAt(path: Path, message: string, what?: 'key' | 'value'): Problem;
}

/** @throws BadInput if the file cannot be read. */
export async function readYaml(path: string): Promise<YamlFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(`${shown(path)} cannot be read: ${reasons[error.code ?? ''] ?? error.message}.`);
  });
  return parseYaml(shown(path), text);
}

export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const problem = (offset: number | undefined, message: string): Problem => {
    if (offset === undefined) return { file, line: null, column: null, message };
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const problems = document.errors.map((error) => problem(error.pos[0], plain(error.message)));
  return {
    file,
    data: problems.length === 0 ? toData(document, problems, problem) : undefined,
    problems,
    problemAt: (path, message, what = 'value') => problem(offsetOf(document, path, what), message),
  };
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};

function toData(
  document: Document.Parsed,
  problems: Problem[],
  problem: (offset: number, message: string) => Problem,
): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases without an anchor, and too many of them, show only here.
    problems.push(problem(0, plain(error instanceof Error ? error.message : String(error))));
    return undefined;
  }
}

const plain = (message: string) => message.replace(/\s+/g, ' ').trim();

function offsetOf(document: Document.Parsed, path: Path, what: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents;
  let offset = start(node);
  for (const [index, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isNamed(key, String(segment)));
      if (!pair) break;
      const last = index === path.length - 1;
      offset = (last && what === 'key' ? start(pair.key) : (start(pair.value) ?? start(pair.key))) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      offset = start(node) ?? offset;
    } else break;
  }
  return offset;
}

const start = (node: unknown): number | undefined => (isNode(node) ? (node as Node).range?.[0] : undefined);

/** As `toJS` names it: a list as a key becomes its flow form, over several lines where it is long. */
function keyName(key: unknown): string {
  if (isSeq(key)) return `[${key.items.map(keyName).join(',')}]`;
  return isScalar(key) ? String(key.value) : '';
}

const isNamed = (key: unknown, name: string) => keyName(key) === (isSeq(key) ? name.replace(/\s/g, '') : name);
