/** Where the octets of a client begin TLS, and what a correct peer does there. */
import type { Do } from '../script/actions/index.ts';
import type { HandshakePlan } from '../script/moment.ts';
import { readClientHello } from '../tls/client-hello.ts';
import type { ConnectionOptions } from './connection-options.ts';

/**
 * 0x16 is a TLS handshake record, and never stands at the start of XML. Where TLS has to begin, a hello of SSL 2.0 is one,
 * too, if a forbidden one: its length comes first.
 */
export function beginsTls(chunk: Buffer, awaited: boolean): boolean {
  if (chunk[0] === 0x16) return true;
  const read = awaited ? readClientHello(chunk) : null;
  return read?.type === 'not-tls' && read.why === 'sslv2-hello';
}

/** Of a stream, or of what comes before its header. */
export const beginsStream = (chunk: Buffer): boolean =>
  /^\s*<(\?xml|stream:stream)/.test(chunk.toString('latin1', 0, 64));

/** The first octet that is no white space of XML; -1 where there is none. */
export const startOf = (chunk: Buffer): number =>
  chunk.findIndex((octet) => octet !== 0x20 && octet !== 0x0a && octet !== 0x0d && octet !== 0x09);

/** What a script may change. */
export function correctHandshake({ credential, versions }: ConnectionOptions): HandshakePlan {
  return {
    credential,
    minVersion: versions.min,
    maxVersion: versions.max,
    ciphers: null,
    extendedMasterSecret: true,
    resume: false,
    instead: null,
  };
}

const BELOW_TLS = ['rewrite', 'renegotiate', 'record', 'end-tls'] as const;

/** These need the octets below TLS, and so a look at them from the start. */
export const actsBelowTls = (what: Do) => BELOW_TLS.some((name) => what[name] !== undefined);
