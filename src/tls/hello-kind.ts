/** When are two ClientHellos "equal in kind": from the same TLS stack with the same settings (design, section 2.5). */
import { createHash } from 'node:crypto';
import type { ClientHello } from '../transcript.ts';

/**
 * Extensions that come and go from one connection to the next: padding, session_ticket, pre_shared_key, early_data,
 * cookie, psk_key_exchange_modes. With server_name and ALPN, which are counted by themselves, as in JA4.
 */
const VARYING = new Set([21, 35, 41, 42, 44, 45, 0, 16]);

/**
 * A fingerprint in the manner of JA4, such as `tls13-sni-s30-e7-xmpp-client_c4a5d3b8f7e0_0e1f2a3b4c5d`: highest
 * version, with or without server name, numbers of cipher suites and of lasting extensions, protocols; then two hashes,
 * of the suites and of all the rest. Suites and extensions are sorted, for clients that shuffle them; the order of
 * groups and signature algorithms is a client's preference and stays.
 */
export function helloKind(hello: ClientHello): string {
  const extensions = hello.extensions.filter((type) => !VARYING.has(type));
  const highest = Math.max(...hello.versions, 0);
  const readable = [
    highest >= 0x0301 ? `tls1${(highest & 0xff) - 1}` : 'ssl',
    hello.serverName === null ? 'nosni' : 'sni',
    `s${hello.cipherSuites.length}`,
    `e${extensions.length}`,
    hello.alpn.join('+') || 'noalpn',
  ];
  const rest = [
    hello.versions,
    sorted(extensions),
    hello.groups,
    hello.signatureAlgorithms,
    hello.compressionMethods,
    [Number(hello.extendedMasterSecret), Number(hello.renegotiationInfo)],
  ];
  return `${readable.join('-')}_${hash(sorted(hello.cipherSuites).join())}_${hash(rest.join(';'))}`;
}

/** Typed arrays are sorted by value, and without calling back. */
const sorted = (values: number[]) => Uint16Array.from(values).sort();

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
