/** A ClientHello as a forger needs it: raw, with what only the answer depends on. */
import { readOctets } from './octets.ts';
import { HANDSHAKE_TYPE } from './record.ts';

export interface Offer {
  /** Header and body, as a transcript hash takes them. */
  message: Buffer;
  random: Buffer;
  sessionId: Buffer;
  /** With GREASE and signalling values. */
  suites: number[];
  compression: number[];
  extensions: Map<number, Buffer>;
  versions: number[];
  groups: number[];
  /** Signature schemes; empty: the defaults of RFC 5246, section 7.4.1.4.1. */
  schemes: number[];
  keyShares: Map<number, Buffer>;
}

export const EXTENSION = {
  pointFormats: 11,
  extendedMasterSecret: 23,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  supportedVersions: 43,
  keyShare: 51,
  renegotiationInfo: 0xff01,
} as const;

/** RFC 5746, section 3.3. */
const RENEGOTIATION_SCSV = 0x00ff;

/** Whether secure renegotiation may be answered. */
export const offersRenegotiationInfo = ({ extensions, suites }: Offer): boolean =>
  extensions.has(EXTENSION.renegotiationInfo) || suites.includes(RENEGOTIATION_SCSV);

/** `body`: of the ClientHello, without its header. Null where that is none. Never throws. */
export function parseOffer(body: Buffer): Offer | null {
  const reader = readOctets(body);
  const legacyVersion = reader.number(2);
  const random = reader.octets(32);
  const sessionId = reader.vector(1);
  const suites = reader.numbers(2, 2);
  const compression = reader.numbers(1, 1);
  const extensions = new Map<number, Buffer>();
  const list = readOctets(reader.atEnd() ? Buffer.alloc(0) : reader.vector(2));
  while (!list.atEnd()) {
    const type = list.number(2);
    extensions.set(type, list.vector(2));
  }
  if (reader.failed() || list.failed()) return null;
  const header = Buffer.from([HANDSHAKE_TYPE.clientHello, 0, 0, 0]);
  header.writeUIntBE(body.length, 1, 3);
  const content = (type: number) => readOctets(extensions.get(type) ?? Buffer.alloc(0));
  return {
    message: Buffer.concat([header, body]),
    random,
    sessionId,
    suites,
    compression,
    extensions,
    versions: extensions.has(EXTENSION.supportedVersions)
      ? content(EXTENSION.supportedVersions).numbers(1, 2)
      : versionsUpTo(legacyVersion),
    groups: content(EXTENSION.supportedGroups).numbers(2, 2),
    schemes: content(EXTENSION.signatureAlgorithms).numbers(2, 2),
    keyShares: sharesOf(content(EXTENSION.keyShare).vector(2)),
  };
}

/** Versions beyond 1.2 exist by `supported_versions` only (RFC 8446, section 4.2.1). */
const versionsUpTo = (legacyVersion: number): number[] =>
  [0x0303, 0x0302, 0x0301, 0x0300].filter((version) => version <= legacyVersion);

function sharesOf(list: Buffer): Map<number, Buffer> {
  const shares = new Map<number, Buffer>();
  const reader = readOctets(list);
  while (!reader.atEnd()) {
    const group = reader.number(2);
    shares.set(group, reader.vector(2));
  }
  return shares;
}
