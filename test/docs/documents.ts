/** The project's documents, and what can be taken out of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Written by hand and by run, and judged by nobody but its readers. */
const LEFT_OUT = ['docs/results.md'];

/** Paths from the project's folder. */
export async function documentPaths(): Promise<string[]> {
  const docs = (await readdir(join(ROOT, 'docs'))).map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...docs]
    .filter((path) => path.endsWith('.md') && !LEFT_OUT.includes(path))
    .sort();
}

export const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

export interface CodeBlock {
  language: string;
  text: string;
}

export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The words between single backticks. */
export function inlineCode(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
}

export const withoutBlocks = (markdown: string) => markdown.replace(/^```[\s\S]*?^```$/gm, '');

/** The first column of the table below a heading, without backticks. */
export function firstColumn(markdown: string, heading: string): string[] {
  const section = markdown.split(new RegExp(`^#+ ${heading}$`, 'm'))[1]?.split(/^#+ /m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|')[1]?.trim().replaceAll('`', '') ?? '');
}
