/** Single changes to handshake messages. None throws: what cannot be read stays as it is, and is null here. */
import { readOctets, vector } from './octets.ts';

/** Unassigned (RFC 8446, section 11: 65,280 and above are for private use), so that every server passes it over. */
const UNKNOWN_EXTENSION = 0xff2b;

/** A ClientHello in which the extension has a number that no server knows; null if it has no such extension. */
export function withExtensionRenamed(clientHello: Buffer, extension: number): Buffer | null {
  const found = extensionsOfClientHello(clientHello)?.find(({ type }) => type === extension);
  if (!found) return null;
  const renamed = Buffer.from(clientHello);
  renamed.writeUInt16BE(UNKNOWN_EXTENSION, found.at);
  return renamed;
}

/** A ServerHello without the extension; null if it has no such extension. */
export function withoutExtension(serverHello: Buffer, extension: number): Buffer | null {
  const found = extensionsOfServerHello(serverHello);
  if (!found?.list.some(({ type }) => type === extension)) return null;
  const rest = found.list.filter(({ type }) => type !== extension).map(({ at, end }) => serverHello.subarray(at, end));
  return Buffer.concat([serverHello.subarray(0, found.start), ...(rest.length > 0 ? [vector(2, ...rest)] : [])]);
}

/** The body of a Certificate message of TLS 1.2 (RFC 5246, section 7.4.2). */
export const withCertificates = (chain: readonly Buffer[]): Buffer => vector(3, ...chain.map((der) => vector(3, der)));

interface Place {
  type: number;
  /** From the first octet of the number to the one behind the content. */
  at: number;
  end: number;
}

function extensionsOfClientHello(body: Buffer): Place[] | undefined {
  const reader = readOctets(body);
  reader.octets(2 + 32);
  const skipped = [reader.vector(1), reader.vector(2), reader.vector(1)];
  const start = 2 + 32 + 1 + 2 + 1 + skipped.reduce((sum, { length }) => sum + length, 0);
  return reader.failed() ? undefined : places(body, start);
}

/** `start`: where the list begins, with its length. */
function extensionsOfServerHello(body: Buffer): { start: number; list: Place[] } | undefined {
  const reader = readOctets(body);
  reader.octets(2 + 32);
  const start = 2 + 32 + 1 + reader.vector(1).length + 2 + 1;
  const list = reader.failed() ? undefined : places(body, start);
  return list && { start, list };
}

function places(body: Buffer, start: number): Place[] | undefined {
  const reader = readOctets(body.subarray(start));
  const list = readOctets(reader.vector(2));
  const found: Place[] = [];
  for (let at = start + 2; !list.atEnd(); ) {
    const type = list.number(2);
    const end = at + 4 + list.vector(2).length;
    if (list.failed()) return undefined;
    found.push({ type, at, end });
    at = end;
  }
  return reader.failed() ? undefined : found;
}
