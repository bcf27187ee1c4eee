/**
 * Reads a ClientHello from raw octets, before any TLS stack sees them. Only framing is checked: what a hello means, and
 * whether its extensions are sound, is for the TLS stack behind.
 *
 * RFC 8446, sections 4.1.2 and 5.1; RFC 5246, sections 6.2.1 and 7.4.1.2 for what came before.
 */
import type { ClientHello } from '../transcript.ts';

export type ReadHello =
  | { type: 'need-more' }
  /**
   * `length`: octets up to the end of the record in which the hello ends. `tickets`: of each session ticket and each
   * PSK identity the first 16 octets, in hexadecimal digits, which is where OpenSSL names the key that protects it.
   */
  | { type: 'hello'; hello: ClientHello; length: number; tickets: string[] }
  /**
   * `sslv2-hello`: the format of RFC 5246, appendix E.2. `xml`: begins as an XML stream does. `malformed`: it began as a
   * ClientHello. `other`: anything else.
   */
  | { type: 'not-tls'; why: 'sslv2-hello' | 'xml' | 'malformed' | 'other' }
  | { type: 'too-large' };

/** Octets on the wire, framing included. Real hellos have 200 to 2,000 of them. */
const DEFAULT_LIMIT = 64 * 1024;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** RFC 8446, section 5.1. */
const LONGEST_RECORD = 2 ** 14;

/**
 * `octets`: everything received so far, from the first octet on. Never throws.
 *
 * @param limit octets after which it is `too-large`, also by its own statement of length; default 65,536.
 */
export const readClientHello = (octets: Buffer, limit = DEFAULT_LIMIT): ReadHello => createHelloReader(limit)(octets);

/**
 * The same for octets that come in pieces: each is looked at once, so that a hello in 10,000 records of one octet costs no
 * more than in one. What is returned is about all of them together; behind an answer that is not `need-more` it is used up.
 */
export function createHelloReader(limit = DEFAULT_LIMIT): (chunk: Buffer) => ReadHello {
  const add = createStore();
  const parts: Buffer[] = [];
  let collected = 0;
  /** Where the record begins that is not whole yet. */
  let at = 0;
  let end: number | undefined;

  return (chunk) => {
    const octets = add(chunk);
    if (octets.length === 0) return { type: 'need-more' };
    for (;;) {
      const odd = recordOddity(octets.subarray(at));
      if (odd) return { type: 'not-tls', why: at === 0 ? odd : 'malformed' };
      if (octets.length < at + RECORD_HEADER) return needMore(octets, limit);

      const length = octets.readUInt16BE(at + 3);
      // A record may not be empty (RFC 8446, section 5.1), and an endless row of them would be no progress.
      if (length === 0 || length > LONGEST_RECORD) return { type: 'not-tls', why: 'malformed' };
      const next = at + RECORD_HEADER + length;
      const fragment = octets.subarray(at + RECORD_HEADER, next);
      if (end === undefined) {
        const head = Buffer.concat([...parts, fragment.subarray(0, MESSAGE_HEADER)]);
        if (head[0] !== undefined && head[0] !== CLIENT_HELLO) return { type: 'not-tls', why: 'other' };
        if (head.length >= MESSAGE_HEADER) end = MESSAGE_HEADER + head.readUIntBE(1, 3);
      }
      if (end !== undefined && end > limit) return { type: 'too-large' };
      if (octets.length < next) return needMore(octets, limit);

      parts.push(fragment);
      collected += length;
      at = next;
      if (end === undefined || collected < end) continue;
      const read = parseBody(Buffer.concat(parts).subarray(MESSAGE_HEADER, end));
      return read ? { type: 'hello', ...read, length: at } : { type: 'not-tls', why: 'malformed' };
    }
  };
}

/** Joins what is added; most of the time without copying what was there. */
function createStore(): (chunk: Buffer) => Buffer {
  let store: Buffer = Buffer.alloc(0);
  let filled = 0;
  return (chunk) => {
    if (filled === 0) {
      store = chunk;
    } else {
      if (filled + chunk.length > store.length) {
        const larger = Buffer.alloc(2 * (filled + chunk.length));
        store.copy(larger, 0, 0, filled);
        store = larger;
      }
      chunk.copy(store, filled);
    }
    filled += chunk.length;
    return store.subarray(0, filled);
  };
}

const needMore = (octets: Buffer, limit: number): ReadHello => ({
  type: octets.length > limit ? 'too-large' : 'need-more',
});

/** Why this cannot be the beginning of a handshake record, as early as the octets tell. */
function recordOddity(octets: Buffer): 'sslv2-hello' | 'xml' | 'other' | undefined {
  const [first, major] = octets;
  if (first === undefined) return undefined;
  if (first === HANDSHAKE) return major === undefined || major === 3 ? undefined : 'other';
  if (/^\s*(<|$)/.test(octets.toString('latin1', 0, 64))) return 'xml';
  if (first < 0x80) return 'other';
  // A length with the high bit set, and then CLIENT-HELLO and the version: 0.2 or 3.x.
  if (octets.length < 4) return undefined;
  return octets[2] === 1 && (octets[3] === 0 || octets[3] === 3) ? 'sslv2-hello' : 'other';
}

function parseBody(body: Buffer): { hello: ClientHello; tickets: string[] } | undefined {
  const reader = createReader(body);
  const legacyVersion = reader.number(2);
  reader.octets(32);
  reader.vector(1);
  const cipherSuites = numbers(reader.vector(2), 2);
  const compressionMethods = numbers(reader.vector(1), 1);
  // SSL 3.0 and old TLS have no extensions at all, not even their length.
  const list = reader.atEnd() ? NOTHING : reader.vector(2);
  if (reader.failed() || !reader.atEnd()) return undefined;
  const extensions = parseExtensions(list);
  if (!extensions) return undefined;

  const types = [...extensions.keys()];
  const list16 = (type: number) => numbers(vectorIn(extensions.get(type), 2), 2).filter(isNotGrease);
  const hello: ClientHello = {
    legacyVersion,
    versions: versionsOf(legacyVersion, extensions.get(43)),
    cipherSuites: cipherSuites.filter(isNotGrease),
    compressionMethods,
    groups: list16(10),
    pointFormats: numbers(vectorIn(extensions.get(11), 1), 1),
    signatureAlgorithms: list16(13),
    serverName: serverNameOf(extensions.get(0)),
    alpn: protocolsOf(extensions.get(16)),
    extensions: types.filter(isNotGrease),
    extendedMasterSecret: extensions.has(23),
    renegotiationInfo: extensions.has(0xff01) || cipherSuites.includes(0x00ff),
    sessionTicket: extensions.has(35),
    preSharedKey: extensions.has(41),
    earlyData: extensions.has(42),
    grease: !cipherSuites.every(isNotGrease) || !types.every(isNotGrease),
  };
  return { hello, tickets: ticketsOf(extensions.get(35), extensions.get(41)) };
}

function parseExtensions(list: Buffer): Map<number, Buffer> | undefined {
  const found = new Map<number, Buffer>();
  const reader = createReader(list);
  while (!reader.atEnd()) {
    const type = reader.number(2);
    const content = reader.vector(2);
    if (reader.failed()) return undefined;
    if (!found.has(type)) found.set(type, content);
  }
  return found;
}

const TLS_1_0 = 0x0301;
const TLS_1_2 = 0x0303;

function versionsOf(legacyVersion: number, supported: Buffer | undefined): number[] {
  if (supported) return numbers(vectorIn(supported, 1), 2).filter(isNotGrease);
  // Versions beyond 1.2 exist by `supported_versions` only (RFC 8446, section 4.2.1).
  const highest = Math.min(legacyVersion, TLS_1_2);
  if (highest < TLS_1_0) return [highest];
  return Array.from({ length: highest - TLS_1_0 + 1 }, (_, index) => highest - index);
}

/** RFC 6066, section 3: of the types of name only host_name, 0, was ever defined. */
function serverNameOf(content: Buffer | undefined): string | null {
  if (!content) return null;
  const list = createReader(vectorIn(content, 2));
  const type = list.number(1);
  const name = list.vector(2);
  return list.failed() || type !== 0 ? null : name.toString('latin1');
}

function protocolsOf(content: Buffer | undefined): string[] {
  const list = createReader(vectorIn(content, 2));
  const names: string[] = [];
  while (!list.atEnd()) {
    const name = list.vector(1);
    if (list.failed()) break;
    if (name.length !== 2 || isNotGrease(name.readUInt16BE())) names.push(name.toString('latin1'));
  }
  return names;
}

/** RFC 5077, section 3.2: the ticket is the whole extension; RFC 8446, section 4.2.11: identities, each with its age. */
function ticketsOf(ticket: Buffer | undefined, preSharedKey: Buffer | undefined): string[] {
  const found = ticket && ticket.length > 0 ? [ticket] : [];
  const list = createReader(vectorIn(preSharedKey, 2));
  while (!list.atEnd()) {
    const identity = list.vector(2);
    list.octets(4);
    if (list.failed()) break;
    found.push(identity);
  }
  return found.map((octets) => octets.toString('hex', 0, 16));
}

/** RFC 8701, section 2: both octets are equal and end in 0xA. */
const isNotGrease = (value: number) => (value & 0x0f0f) !== 0x0a0a || value >> 8 !== (value & 0xff);

function numbers(octets: Buffer, width: 1 | 2): number[] {
  const list: number[] = [];
  for (let at = 0; at + width <= octets.length; at += width) list.push(numberAt(octets, at, width));
  return list;
}

const numberAt = (octets: Buffer, at: number, width: 1 | 2): number =>
  width === 1 ? octets.readUInt8(at) : octets.readUInt16BE(at);

/** The vector that an extension begins with, as a reader takes it: empty where there is none, or not all of it. */
function vectorIn(content: Buffer | undefined, width: 1 | 2): Buffer {
  if (!content || content.length < width) return NOTHING;
  const end = width + numberAt(content, 0, width);
  return end > content.length ? NOTHING : content.subarray(width, end);
}

const NOTHING = Buffer.alloc(0);

/** Takes from the front. Past the end everything is empty or 0, and `failed` stays true. */
function createReader(source: Buffer) {
  let at = 0;
  let failed = false;
  /** Passes over so many octets; false: there are fewer. */
  const pass = (length: number): boolean => {
    if (at + length > source.length) failed = true;
    at = Math.min(at + length, source.length);
    return !failed;
  };
  const octets = (length: number): Buffer => (pass(length) ? source.subarray(at - length, at) : NOTHING);
  const number = (width: 1 | 2): number => (pass(width) ? numberAt(source, at - width, width) : 0);
  return {
    octets,
    number,
    /** A vector with a length of `width` octets before it. */
    vector: (width: 1 | 2) => octets(number(width)),
    atEnd: () => at === source.length,
    failed: () => failed,
  };
}
