/** In what a client writes: all from which a password could be guessed, by how it looks. */
import { MASK } from './mask-spellings.ts';

/** Elements whose text is a password, a proof of it, or a challenge for one: as logs of XML show them. */
const SASL_ELEMENT =
  /(<(?:[\w.-]+:)?(?:auth|response|challenge|success|initial-response|additional-data|password|digest|token|hash)\b[^<>]*>)[^<]+/gi;

/** A value that is named for what it is: `password=...`, `"token": "..."`, `salted_password: b'...'`. */
const NAMED =
  /((?:pass(?:word|wd|phrase)?|secret|token|salt|nonce|proof|signature|client_?key|server_?key|stored_?key|digest)\w{0,32}["']?\s{0,8}[=:]\s{0,8})(?:\[masked\]|b?"[^"\n]*"?|b?'[^'\n]*'?|[^\s,;)\]}]+)/gi;

/** RFC 5802, section 5: two or more attributes of one letter, or a proof alone. */
const SCRAM = /\b[a-z]=[^\s,'"<>]{1,512}(?:,[a-z]=[^\s,'"<>]{0,512})+|\b[pv]=[A-Za-z0-9+/]{8,}={0,2}/g;

/** Hashes and keys, also with their octets apart. */
const HEXADECIMAL = /\b(?:[0-9a-f]{2}[:\s-]?){15,}[0-9a-f]{2}\b|\b[0-9a-f]{32,}\b/gi;
const OCTET_ESCAPES = /(?:\\x[0-9a-f]{2}[^\\\s]{0,8}){4,}/gi;
const TOKEN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}={0,2}(?![\w/=])/g;

/** @param spelled masks the password itself. */
export function maskGuessable(text: string, spelled: (text: string) => string): string {
  return text
    .replace(SASL_ELEMENT, `$1${MASK}`)
    .replace(NAMED, `$1${MASK}`)
    .replace(SCRAM, MASK)
    .replace(HEXADECIMAL, MASK)
    .replace(OCTET_ESCAPES, MASK)
    .replace(TOKEN, (token) => (isGuessable(token, spelled) ? MASK : token));
}

function isGuessable(token: string, spelled: (text: string) => string): boolean {
  if (token.endsWith('=') && token.length % 4 === 0) return true;
  const decoded = Buffer.from(token, 'base64').toString('latin1');
  if (spelled(decoded) !== decoded) return true;
  // GS2 headers and SCRAM's attributes, or PLAIN.
  if (/^[nyp](?:=[\w-]+)?,|,[rsipvc]=|^[rv]=/.test(decoded) || /^[\x20-\x7e]*\0[\x20-\x7e]+\0/.test(decoded))
    return true;
  return token.split('/').some(looksRandom);
}

/** Words in code seldom have all three kinds of signs and this length; base64 nearly always. */
const looksRandom = (part: string) => part.length >= 16 && /[a-z]/.test(part) && /[A-Z]/.test(part) && /\d/.test(part);
