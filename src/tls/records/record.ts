/**
 * TLS records without protection, and the handshake messages in them: written, and read over any segmentation.
 *
 * RFC 8446, sections 4 and 5.1; RFC 5246, sections 6.2.1 and 7.4. Both have the same framing.
 */
import { uint, vector } from './octets.ts';

/** RFC 8446, section 5.1; RFC 6520, section 3, for the last. */
export const CONTENT_TYPE = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const;

/** RFC 8446, section 4; RFC 5246, section 7.4; RFC 6066, section 8, for certificate_status. */
export const HANDSHAKE_TYPE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
} as const;

export const TLS_1_2 = 0x0303;

export interface TlsRecord {
  type: number;
  /** `legacy_record_version`. */
  version: number;
  fragment: Buffer;
}

export interface HandshakeMessage {
  type: number;
  body: Buffer;
}

/** `length`: what the header says, where that is to be a lie. */
export function encodeRecord({ type, version, fragment }: TlsRecord, length = fragment.length): Buffer {
  return Buffer.concat([uint(1, type), uint(2, version), uint(2, length), fragment]);
}

/** With its header of four octets, and no record around it. */
export const encodeMessage = ({ type, body }: HandshakeMessage): Buffer =>
  Buffer.concat([uint(1, type), vector(3, body)]);

/** RFC 8446, section 5.1: the longest fragment without protection. */
export const LONGEST_FRAGMENT = 2 ** 14;

/**
 * The messages in as many records as it takes; several share one where they fit.
 *
 * @param size octets in each record; default: the longest, 16,384.
 */
export function encodeHandshake(
  messages: readonly HandshakeMessage[],
  { version = TLS_1_2, size = LONGEST_FRAGMENT }: { version?: number; size?: number } = {},
): Buffer {
  const payload = Buffer.concat(messages.map(encodeMessage));
  const records: Buffer[] = [];
  for (let at = 0; at < payload.length; at += size)
    records.push(encodeRecord({ type: CONTENT_TYPE.handshake, version, fragment: payload.subarray(at, at + size) }));
  return Buffer.concat(records);
}

export type ReadRecord =
  | { type: 'record'; record: TlsRecord }
  /** From here on there is no framing any more: `octets` is all that follows. Later chunks come whole. */
  | { type: 'stray'; octets: Buffer };

const HEADER = 5;
/** RFC 5246, section 6.2.3: what protection adds at most; in TLS 1.3 it is less. */
const LONGEST_PROTECTED = LONGEST_FRAGMENT + 2_048;

/**
 * Cuts what comes into records. Holds at most one of them, 18,437 octets; a header that cannot be one, or that claims
 * more, ends the framing. Never throws.
 */
export function createRecordReader(): (chunk: Buffer) => ReadRecord[] {
  let held: Buffer[] = [];
  let count = 0;
  /** Octets up to the end of what is being collected: a header, or a record. */
  let wanted = HEADER;
  let lost = false;

  const stray = (octets: Buffer): ReadRecord[] => (octets.length > 0 ? [{ type: 'stray', octets }] : []);

  return (chunk) => {
    if (lost) return stray(chunk);
    held.push(chunk);
    count += chunk.length;
    // A header is looked at with each of its octets, so that what is no record is known at once; behind it they are
    // joined only when the record is whole, so that octets that come one by one cost no more than others.
    if (count > HEADER && count < wanted) return [];
    let octets = held.length === 1 ? chunk : Buffer.concat(held, count);
    const found: ReadRecord[] = [];
    for (;;) {
      if (!couldBeRecord(octets)) {
        lost = true;
        held = [];
        return [...found, ...stray(octets)];
      }
      wanted = octets.length < HEADER ? HEADER : HEADER + octets.readUInt16BE(3);
      if (octets.length < wanted) break;
      found.push({
        type: 'record',
        record: {
          type: octets.readUInt8(0),
          version: octets.readUInt16BE(1),
          fragment: octets.subarray(HEADER, wanted),
        },
      });
      octets = octets.subarray(wanted);
    }
    held = octets.length > 0 ? [octets] : [];
    count = octets.length;
    return found;
  };
}

function couldBeRecord(octets: Buffer): boolean {
  const [type = CONTENT_TYPE.handshake, major = 3] = octets;
  if (type < CONTENT_TYPE.changeCipherSpec || type > CONTENT_TYPE.heartbeat || major !== 3) return false;
  return octets.length < HEADER || octets.readUInt16BE(3) <= LONGEST_PROTECTED;
}

export type ReadMessage =
  | { type: 'message'; message: HandshakeMessage }
  /** The message claims more octets than the limit. Nothing is read any more. */
  | { type: 'too-large'; claimed: number };

const MESSAGE_HEADER = 4;
/** Octets of one message. Real chains have less than 10,000. */
const DEFAULT_LIMIT = 128 * 1024;

/** Takes the fragments of handshake records and puts messages together. Never throws. */
export function createMessageReader(limit = DEFAULT_LIMIT): (fragment: Buffer) => ReadMessage[] {
  let held: Buffer[] = [];
  let count = 0;
  let wanted = MESSAGE_HEADER;
  let lost = false;

  return (fragment) => {
    if (lost || fragment.length === 0) return [];
    held.push(fragment);
    count += fragment.length;
    if (count < wanted) return [];
    let octets = held.length === 1 ? fragment : Buffer.concat(held, count);
    const found: ReadMessage[] = [];
    for (;;) {
      const claimed = octets.length < MESSAGE_HEADER ? 0 : octets.readUIntBE(1, 3);
      if (claimed > limit) {
        lost = true;
        held = [];
        return [...found, { type: 'too-large', claimed }];
      }
      wanted = MESSAGE_HEADER + claimed;
      if (octets.length < wanted) break;
      const body = octets.subarray(MESSAGE_HEADER, wanted);
      found.push({ type: 'message', message: { type: octets.readUInt8(0), body } });
      octets = octets.subarray(wanted);
    }
    held = octets.length > 0 ? [octets] : [];
    count = octets.length;
    return found;
  };
}
