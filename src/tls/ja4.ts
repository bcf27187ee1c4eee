/**
 * JA4, the fingerprint of TLS clients by FoxIO, as their description has it (technical_details/JA4.md in
 * FoxIO-LLC/ja4). JA4 for TLS clients is under the BSD 3-Clause License, unlike the rest of JA4+; this is written from
 * the description and shares no code with theirs.
 */
import { createHash } from 'node:crypto';
import type { ClientHello } from '../transcript.ts';

/** Such as `t13d1516h2_8daaf6152771_e5627efa2ab1`: what is offered in short, and hashes of suites and extensions. */
export function ja4(hello: ClientHello): string {
  const { cipherSuites, extensions, signatureAlgorithms } = hello;
  const suites = cipherSuites.map(hex).sort();
  const lasting = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const schemes = signatureAlgorithms.map(hex).join();
  const rest = `${lasting.map(hex).sort().join()}${schemes && `_${schemes}`}`;
  return [
    `t${VERSIONS.get(versionOf(hello)) ?? '00'}`,
    extensions.includes(SERVER_NAME) ? 'd' : 'i',
    count(suites),
    count(extensions),
    ends(hello.alpn[0] ?? ''),
    `_${suites.length > 0 ? hash(suites.join()) : NOTHING}`,
    `_${lasting.length > 0 ? hash(rest) : NOTHING}`,
  ].join('');
}

const SERVER_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
const NOTHING = '000000000000';

const VERSIONS = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

const versionOf = ({ extensions, versions, legacyVersion }: ClientHello) =>
  extensions.includes(SUPPORTED_VERSIONS) ? Math.max(0, ...versions) : legacyVersion;

/** Two digits, at most 99. */
const count = ({ length }: readonly unknown[]) => String(Math.min(length, 99)).padStart(2, '0');

/** The first and last character of the first protocol, or of its octets in hexadecimal digits if either is none. */
function ends(protocol: string): string {
  if (protocol === '') return '00';
  const [first, last] = [protocol.charAt(0), protocol.charAt(protocol.length - 1)];
  if (/^[0-9A-Za-z]{2}$/.test(first + last)) return first + last;
  const digits = Buffer.from(protocol, 'latin1').toString('hex');
  return digits.charAt(0) + digits.charAt(digits.length - 1);
}

const hex = (code: number) => code.toString(16).padStart(4, '0');
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
