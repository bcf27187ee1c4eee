/** Markup in which every word is escaped: what is not made by `html` is text, whoever wrote it. */
import { visible } from '../escape.ts';

/** Markup that is safe, because `html` made it. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/** A template: texts and numbers are escaped, markup stays, arrays are put together. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return { markup: strings.reduce((all, string, index) => `${all}${written(parts[index - 1] ?? '')}${string}`) };
}

function written(part: Part): string {
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(visible(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

export const NOTHING: Markup = { markup: '' };
