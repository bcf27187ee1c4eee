/**
 * The checks that ltx's parser leaves out, on whole tokens: it takes anything between `<` and `>` in silence.
 * Numbered sections are those of XML 1.0.
 */

import { isCharacter } from './characters.ts';

/** NCName of Namespaces in XML 1.0; the two surrogate ranges stand for U+10000 to U+EFFFF of already valid text. */
const START = String.raw`A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\ud800-\udb7f\udc00-\udfff`;
const REST = String.raw`\-.0-9\u00b7\u0300-\u036f\u203f\u2040`;
const NCNAME = `[${START}][${START}${REST}]*`;
const QNAME = `${NCNAME}(?::${NCNAME})?`;
const S = '[ \\t\\r\\n]';
const EQUALS = `${S}*=${S}*`;

const START_TAG = new RegExp(`^<${QNAME}(?:${S}+${QNAME}${EQUALS}(?:"[^"<]*"|'[^'<]*'))*${S}*/?>$`);
const END_TAG = new RegExp(`^</${QNAME}${S}*>$`);
const DECLARATION = new RegExp(
  `^<\\?xml${S}+version${EQUALS}(?:"1\\.\\d+"|'1\\.\\d+')` +
    `(?:${S}+encoding${EQUALS}(["'])([A-Za-z][\\w.-]*)\\1)?` +
    `(?:${S}+standalone${EQUALS}(?:"(?:yes|no)"|'(?:yes|no)'))?${S}*\\?>$`,
);
const CHARACTER_REFERENCE = /&#(?:(\d+)|x([\da-fA-F]+));/g;
const BAD_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/;

/** Returns the tag as ltx needs it: white space as section 3.3.3 makes it. */
export function checkedTag(tag: string): string {
  if (!START_TAG.test(tag)) throw new Error('a tag that is not well-formed');
  refuseBadReferences(tag);
  return /[\t\r\n]/.test(tag) ? tag.replace(/\r\n|[\t\r\n]/g, ' ') : tag;
}

export function checkedEndTag(tag: string): string {
  if (!END_TAG.test(tag)) throw new Error('an end tag that is not well-formed');
  return tag;
}

/** Returns the text as ltx needs it: line ends as section 2.11 makes them. */
export function checkedText(text: string): string {
  refuseBadReferences(text);
  if (text.includes(']]>')) throw new Error("']]>' in text");
  return withLineEnds(text);
}

/** Returns what a CDATA section (given whole) contains. */
export function cdataContent(section: string): string {
  return withLineEnds(section.slice('<![CDATA['.length, -']]>'.length));
}

/** RFC 6120, sections 11.5, 11.6 and 11.8. */
export function checkDeclaration(declaration: string): void {
  const match = DECLARATION.exec(declaration);
  if (match === null) throw new Error('a processing instruction, or an XML declaration that is not well-formed');
  const encoding = match[2] ?? 'UTF-8';
  if (encoding.toUpperCase() !== 'UTF-8') throw new Error(`an encoding other than UTF-8: ${encoding.slice(0, 40)}`);
}

function refuseBadReferences(text: string): void {
  if (!text.includes('&')) return;
  if (BAD_REFERENCE.test(text)) throw new Error('an entity reference that is not predefined');
  // ltx would refuse them, too, but text only when the next tag comes, and then that tag would be blamed.
  for (const [reference, decimal, hexadecimal = ''] of text.matchAll(CHARACTER_REFERENCE)) {
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number.parseInt(decimal, 10);
    if (!isCharacter(code)) throw new Error(`a reference to a character that XML forbids: ${reference.slice(0, 20)}`);
  }
}

function withLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
