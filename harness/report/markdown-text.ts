/** Text in Markdown, as GitHub and GitLab render it: no character of it may become markup, a link or a mention. */
import { visible } from './escape.ts';

/** In a line of its own or in a cell of a table. What could be markup is written as a character reference. */
export function inline(text: string): string {
  return visible(text).replace(/[!-/:-@[-`{-~]/g, (character) => {
    const reference = `&#${character.charCodeAt(0)};`;
    // People and issues are looked for in what was rendered, where a reference is a character again.
    return character === '@' || character === '#' ? `<span>${reference}</span>` : reference;
  });
}

/** Words of our own that hold no markup but may hold a client's. Reads better in the source than `inline`. */
export function prose(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>#|~&@^$]|:(?=\/)|(?<=www)\./gi, (character) => inline(character));
}

/** A word or a command inside a line. */
export const code = (text: string): string => `<code>${inline(text)}</code>`;

/** Lines as they are, behind a fence that none of them can end. */
export function block(lines: readonly string[], language = 'text'): string {
  const shown = lines.map(visible);
  const longest = Math.max(2, ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...shown, fence].join('\n');
}

/** Folded until somebody wants to see it. `summary` is markup already. */
export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
