/**
 * Octets and characters. A chunk is looked at as latin1, one character per octet: offsets stay exact, and nothing is
 * decoded before it is known to be XML and not the TLS that may follow it.
 */
import { Buffer, isUtf8 } from 'node:buffer';

const UNUSUAL = /[^\t\n\r\x20-\x7e]/;
const NOT_ASCII = /[^\0-\x7f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
/** U+FFFE and U+FFFF: with the controls all that valid UTF-8 can encode and XML cannot hold. */
const NONCHARACTER = /\xef\xbf[\xbe\xbf]/;

/**
 * Whole characters, given as octets.
 * @throws where they are not UTF-8 (RFC 6120, section 11.6) or not characters of XML 1.0, section 2.2.
 */
export function decode(octets: string): string {
  if (!UNUSUAL.test(octets)) return octets;
  refuseControls(octets);
  if (!NOT_ASCII.test(octets)) return octets;
  const bytes = Buffer.from(octets, 'latin1');
  if (!isUtf8(bytes)) throw new Error('not UTF-8');
  if (NONCHARACTER.test(octets)) throw new Error('a character that XML forbids: U+FFFE or U+FFFF');
  return bytes.toString('utf8');
}

/** For octets that may end in the middle of a character. */
export function refuseControls(octets: string): void {
  const code = CONTROL.exec(octets)?.[0].charCodeAt(0);
  if (code !== undefined) throw new Error(`a character that XML forbids: U+${hex(code)}`);
}

/** XML 1.0, section 2.2: what a character reference may stand for. */
export function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** For reports: UTF-8, less a character that is cut off at the end, or latin1 where the octets are not UTF-8. */
export function show(octets: string): string {
  if (!NOT_ASCII.test(octets)) return octets;
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Buffer.from(octets, 'latin1'), { stream: true });
  } catch {
    return octets;
  }
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}
