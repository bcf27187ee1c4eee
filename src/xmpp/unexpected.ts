/** What came where only a stream header can stand, in the words of a report. */

const KNOWN: [RegExp, string][] = [
  // RFC 6120, section 11.6: U+FEFF is a character there, never a mark, and no character may stand outside the root.
  [/^\xef\xbb\xbf/, 'a byte order mark'],
  [/^PRI \* HTTP\/2/, 'an HTTP/2 preface'],
  [/^[A-Z]{3,10} [^\r\n]* HTTP\//, 'an HTTP request'],
  [/^(?:GET|POST|PUT|HEAD|OPTIONS|CONNECT) /, 'an HTTP request'],
  [/^HTTP\/\d/, 'an HTTP response'],
  [/^PROXY /, 'a PROXY protocol header'],
  [/^SSH-/, 'an SSH banner'],
];

/** RFC 8446, section 5.1: the content types that a record may begin with. */
const RECORDS = ['\x14', '\x15', '\x16', '\x17'];

/** @param octets what came, as latin1, from its first octet on. */
export function whatCame(octets: string): string {
  if (RECORDS.includes(octets.charAt(0))) return 'a TLS record';
  return KNOWN.find(([pattern]) => pattern.test(octets))?.[1] ?? 'text';
}
