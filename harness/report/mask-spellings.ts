/** How a password is written: as it is, escaped, and encoded, also as a part of something longer. */

export const MASK = '[masked]';

/** Masks every occurrence; of something longer in base64 all, for its ends hold bits of the password. */
export function spellingMask(password: string): (text: string) => string {
  const octets = Buffer.from(password);
  const latin1 = octets.toString('latin1');
  const written = [password, latin1].flatMap((one) => [one, ...ESCAPES.map((escaped) => escaped(one))]);
  const plain = anyOf([...[...written, octetEscapes(octets)].map(quoted), ...hexadecimal(octets)], 'g');
  const encoded = anyOf([0, 1, 2].flatMap((before) => base64Inside(octets, before)).map(quoted));
  return (text) => text.replace(plain, MASK).replace(BASE64, (token) => (encoded.test(token) ? MASK : token));
}

const BASE64 = /[A-Za-z0-9+/_-]{4,}={0,2}/g;

function anyOf(patterns: string[], flags = ''): RegExp {
  // Longest first: an alternative that matches at a place ends the search there.
  const distinct = [...new Set(patterns)].filter((one) => one !== '').sort((a, b) => b.length - a.length);
  return new RegExp(distinct.join('|') || '$^', flags);
}

const entities = (text: string, which: RegExp) => text.replace(which, (sign) => ENTITIES[sign] ?? sign);

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** XML as most write it and with every quotation mark, HTML's, JSON, URLs, shells, and Python's way. */
const ESCAPES: ((text: string) => string)[] = [
  (text) => entities(text, /[&<>]/g),
  (text) => entities(text, /[&<]/g),
  (text) => entities(text, /[&<>"]/g),
  (text) => entities(text, /[&<>"']/g),
  (text) => entities(text, /[&<>"']/g).replaceAll('&apos;', '&#39;'),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1),
  (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  (text) => encodeURIComponent(wellFormed(text)),
  (text) => encodeURIComponent(wellFormed(text)).replaceAll('%20', '+'),
  (text) => text.replaceAll("'", `'\\''`),
  (text) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
  (text) => text.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text) => text.normalize('NFC'),
  (text) => text.normalize('NFKC'),
];

/** `pässe` as `p\xc3\xa4sse`. */
function octetEscapes(octets: Buffer): string {
  return [...octets]
    .map((octet) =>
      octet < 0x20 || octet > 0x7e ? `\\x${octet.toString(16).padStart(2, '0')}` : String.fromCharCode(octet),
    )
    .join('');
}

/** Fewer characters of base64, or octets in hexadecimal, could stand anywhere. */
const LEAST = 4;

/**
 * The characters of base64, and of base64url, that depend on nothing but the password, when so many octets come before it
 * in its group of three.
 */
function base64Inside(octets: Buffer, before: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(before), octets])
    .toString('base64')
    .replace(/=+$/, '');
  const bits = (before + octets.length) * 8;
  const inside = whole.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
  if (inside.length < LEAST) return [];
  return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Dumps part octets by all kinds of signs. */
function hexadecimal(octets: Buffer): string[] {
  if (octets.length < LEAST) return [];
  const pairs = [...octets.toString('hex').matchAll(/../g)].map(([pair]) => anyCase(pair));
  return [pairs.join('(?:[\\s:,-]|\\\\x|0x){0,4}')];
}

const wellFormed = (text: string) => Buffer.from(text).toString();

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const anyCase = (hex: string) => hex.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
