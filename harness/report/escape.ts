/**
 * Text from a hostile client, made harmless: no byte of it may reach a terminal, a log viewer or an XML parser as
 * anything but a visible character.
 */

/**
 * Control characters (C0, DEL, C1), those that reorder or hide text (bidirectional, zero-width, line separators, tags),
 * what is no character at all, and lone surrogates.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** One line, every unsafe character as an escape sequence: `\n`, `\x1b`, `\u202e`. A backslash stays as it is. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? hexadecimal(character.codePointAt(0) ?? 0));
}

/** As `visible`, but with line breaks where the text has them: for our own sentences that quote a client. */
export function visibleLines(text: string): string[] {
  return text.split(/\r?\n/).map(visible);
}

/** At most `length` characters of it, with the number that was left out. */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  return `${characters.slice(0, length).join('')}… (${characters.length - length} more)`;
}

/** JSON of the same value, in which unsafe characters are written as escapes. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
    // Line breaks between the tokens are JSON's own; in strings it has escaped them already.
    character === '\n' ? character : [...utf16(character)].map((unit) => `\\u${hex(unit, 4)}`).join(''),
  );
}

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hexadecimal(code: number): string {
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 0)}}`;
}

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');

function* utf16(character: string): Generator<number> {
  for (let index = 0; index < character.length; index++) yield character.charCodeAt(index);
}
