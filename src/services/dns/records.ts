/** Resource records as text, in the words of a zone file (RFC 1035, section 5.1): so scenarios and transcripts show them. */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Answer } from 'dns-packet';

export interface DnsRecord {
  /** Absolute, with or without the dot behind it. */
  name: string;
  type: RecordType;
  /**
   * `A` and `AAAA`: the address; `CNAME`: the name; `SRV`: priority, weight, port and target (RFC 2782); `TXT`: the text as
   * it is; `TLSA`: usage, selector, matching type, and the data in hexadecimal (RFC 6698, section 2.2); `DNSKEY`: flags,
   * protocol, algorithm, and the key in Base64 (RFC 4034, section 2.2).
   */
  data: string;
}

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'SRV', 'TXT', 'TLSA', 'DNSKEY'] as const;

export type RecordType = (typeof RECORD_TYPES)[number];

/** A domain as DNS has it: in A-labels, small, without the dot behind it; `.` is the root. */
export function dnsName(name: string): string {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare === '') return '.';
  // What is no domain of the web, `_tcp` with something odd behind it for instance, stays what it is.
  const ascii = /[^\0-\x7f]/.test(bare) ? domainToASCII(bare) || bare : bare;
  return ascii.toLowerCase();
}

/** What is wrong with the data of a record, as "A: an IPv4 address"; null: nothing. */
export function problemOf({ type, data }: Pick<DnsRecord, 'type' | 'data'>): string | null {
  return FORMS[type].read(data) === null ? `${type}: ${FORMS[type].form}` : null;
}

/** @throws Error for data that `problemOf` finds wrong. TTL 0: nobody is to remember what the next scenario changes. */
export function answerOf({ name, type, data }: DnsRecord): Answer {
  const read = FORMS[type].read(data);
  if (read === null) throw new Error(`${name} ${type} ${data} is no record; ${type}: ${FORMS[type].form}.`);
  return { name, type, ttl: 0, data: read } as Answer;
}

/** Octets of a text in one string of a TXT record (RFC 1035, section 3.3). */
const STRING = 255;
const MOST_STRINGS = 32;

const FORMS: Record<RecordType, { form: string; read(data: string): unknown }> = {
  A: { form: 'an IPv4 address', read: (data) => (isIPv4(data) ? data : null) },
  AAAA: { form: 'an IPv6 address', read: (data) => (isIPv6(data) ? data : null) },
  CNAME: { form: 'a name', read: (data) => (isName(data) ? data : null) },
  SRV: { form: 'priority, weight, port and target, as "0 5 5222 xmpp.example."', read: readSrv },
  TXT: { form: `a text of 1 to ${STRING * MOST_STRINGS} octets`, read: readText },
  TLSA: { form: 'usage, selector, matching type and hexadecimal data, as "3 1 1 0a1b"', read: readTlsa },
  DNSKEY: { form: 'flags, the protocol 3, algorithm and the key in Base64, as "257 3 13 ChsK"', read: readKey },
};

function isName(text: string): boolean {
  const labels = dnsName(text).split('.');
  const octets = labels.map((label) => Buffer.byteLength(label));
  return text === '.' || (octets.every((n) => n > 0 && n <= 63) && octets.reduce((sum, n) => sum + n + 1, 1) <= 255);
}

function readSrv(data: string) {
  const [priority = -1, weight = -1, port = -1] = data
    .split(' ', 3)
    .map((word) => (/^\d{1,5}$/.test(word) ? +word : -1));
  const [, , , target = '', ...more] = data.split(' ');
  const fits = [priority, weight, port].every((n) => n >= 0 && n <= 0xffff);
  return fits && more.length === 0 && isName(target) ? { priority, weight, port, target } : null;
}

function readText(data: string) {
  const octets = Buffer.from(data);
  const count = Math.ceil(octets.length / STRING);
  if (count === 0 || count > MOST_STRINGS) return null;
  return Array.from({ length: count }, (_, n) => octets.subarray(n * STRING, (n + 1) * STRING));
}

function readTlsa(data: string) {
  const [usage = 256, selector = 256, matchingType = 256] = data
    .split(' ', 3)
    .map((word) => (/^\d+$/.test(word) ? +word : 256));
  const [, , , hex = '', ...more] = data.split(' ');
  if ([usage, selector, matchingType].some((n) => n > 255) || more.length > 0) return null;
  return /^(?:[0-9a-f]{2})+$/i.test(hex)
    ? { usage, selector, matchingType, certificate: Buffer.from(hex, 'hex') }
    : null;
}

/** The only protocol that there is (RFC 4034, section 2.1.2); dns-packet writes no other. */
function readKey(data: string) {
  const [, flags = 0x10000, algorithm = 256, text = ''] =
    /^(\d{1,5}) 3 (\d{1,3}) ((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=))?)$/.exec(data) ?? [];
  if (Number(flags) > 0xffff || Number(algorithm) > 255 || text === '') return null;
  return { flags: Number(flags), algorithm: Number(algorithm), key: Buffer.from(text, 'base64') };
}
