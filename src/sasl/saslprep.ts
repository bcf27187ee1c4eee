/**
 * SASLprep (RFC 4013): how user names and passwords are prepared before they are compared or hashed.
 *
 * Without the check of bidirectional strings and without the list of unassigned code points: strings of a client are
 * queries, for which the latter are allowed, and what no account here can hold matches none anyway.
 */

/** Section 2.1. U+200B stands in both tables of RFC 3454, C.1.2 and B.1; the common libraries make it a space. */
const SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/** Section 2.3, in the order of its tables: C.2, C.3 to C.5, C.6, C.7, C.8, C.9. */
const PROHIBITED = new RegExp(
  [
    '[\\p{Cc}\\u06dd\\u070f\\u180e\\u2028\\u2029\\u2061-\\u2063\\u206a-\\u206f\\ufff9-\\ufffc\\u{1d173}-\\u{1d17a}]',
    '[\\p{Co}\\p{Cs}\\p{Noncharacter_Code_Point}]',
    '\\ufffd',
    '[\\u2ff0-\\u2ffb]',
    '[\\u0340\\u0341\\u200e\\u200f\\u202a-\\u202e]',
    '[\\u{e0001}\\u{e0020}-\\u{e007f}]',
  ].join('|'),
  'u',
);

/** Stays as it is. */
const PRINTABLE_ASCII = /^[ -~]+$/;

/** The prepared string, or null if it holds what is prohibited or nothing is left of it. */
export function saslPrep(text: string): string | null {
  if (PRINTABLE_ASCII.test(text)) return text;
  const prepared = text.replace(SPACE, ' ').replace(NOTHING, '').normalize('NFKC');
  return prepared === '' || PROHIBITED.test(prepared) ? null : prepared;
}
