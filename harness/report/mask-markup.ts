/** XML, whole or cut anywhere, of which only the markup is left. */
import { MASK } from './mask-spellings.ts';

/** Attributes that say what an element is, never what it holds. */
const TELLING = /^(?:xmlns(?::.*)?|xml:lang|mechanism|type|version|to|from|condition|resume|max|h)$/;

/**
 * Tags stay, with the attributes that say what they are; what stands between tags, and every other value, is masked. So is
 * whatever is no start or end tag: CDATA, comments, instructions, half a tag.
 */
export function maskMarkup(xml: string): string {
  // The second alternative takes whatever the first does not, up to the next tag.
  return xml.replace(/<\/?[A-Za-z_][^<>]*>|(?:(?!<\/?[A-Za-z_][^<>]*>)[\s\S])+/g, (part) =>
    /^<\/?[A-Za-z_][^<>]*>$/.test(part) ? maskTag(part) : maskText(part),
  );
}

function maskText(text: string): string {
  if (text.trim() === '' || isDeclaration(text.trim())) return text;
  const [declaration = ''] = /^\s*<\?xml[^<>]*\?>/.exec(text) ?? [];
  const known = isDeclaration(declaration.trim()) ? declaration : '';
  return `${known}${MASK}`;
}

const isDeclaration = (text: string) =>
  /^<\?xml(?:\s+(?:version|encoding|standalone)=(?:'[\w.-]{1,10}'|"[\w.-]{1,10}"))+\s*\?>$/.test(text);

/** Written anew from what was understood of it. */
function maskTag(tag: string): string {
  const [, start = '<', end = '>'] = /^(<\/?[^\s/>]+)[\s\S]*?(\/?>)$/.exec(tag) ?? [];
  const attributes = [...tag.matchAll(/(?<![\w:.-])([\w:.-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g)].map(
    ([, name = '', single, double]) => ` ${name}='${TELLING.test(name) ? (single ?? double) : MASK}'`,
  );
  return `${start}${attributes.join('')}${end}`;
}
