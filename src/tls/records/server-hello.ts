/** ServerHello and HelloRetryRequest (RFC 8446, sections 4.1.3 and 4.1.4; RFC 5246, section 7.4.1.3), right or wrong. */
import { randomBytes } from 'node:crypto';
import type { Deviation } from './forgery.ts';
import { uint, vector } from './octets.ts';
import { EXTENSION, type Offer, offersRenegotiationInfo } from './offer.ts';
import { HANDSHAKE_TYPE, type HandshakeMessage, TLS_1_2 } from './record.ts';

export interface Extension {
  type: number;
  data: Buffer;
}

export interface ServerHello {
  version: number;
  random: Buffer;
  sessionId: Buffer;
  suite: number;
  compression: number;
  /** Null: not even their length, as in SSL 3.0. */
  extensions: Extension[] | null;
}

export const TLS_1_3 = 0x0304;

/** SHA-256 of "HelloRetryRequest" (RFC 8446, section 4.1.3). */
export const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

const SENTINEL = { 'TLSv1.2': '444f574e47524401', 'TLSv1.1': '444f574e47524400' } as const;

export function encodeServerHello(hello: ServerHello): HandshakeMessage {
  const { version, random, sessionId, suite, compression, extensions } = hello;
  const parts = [uint(2, version), random, vector(1, sessionId), uint(2, suite), uint(1, compression)];
  return {
    type: HANDSHAKE_TYPE.serverHello,
    body: Buffer.concat([...parts, ...(extensions ? [encodeExtensions(extensions)] : [])]),
  };
}

export const encodeExtensions = (list: Extension[]): Buffer =>
  vector(2, ...list.map(({ type, data }) => Buffer.concat([uint(2, type), vector(2, data)])));

/** What TLS 1.2 says, and what it answers of what the client has asked for. */
export function serverHello12(offer: Offer, suite: number, deviation: Deviation): ServerHello {
  const { version = TLS_1_2, compression = 0, sentinel } = deviation;
  const random = randomBytes(32);
  if (sentinel) Buffer.from(SENTINEL[sentinel], 'hex').copy(random, 24);
  const selected = deviation['selected-version'];
  return {
    version,
    random,
    sessionId: randomBytes(deviation['session-id'] === 'too-long' ? 33 : 32),
    suite,
    compression,
    extensions:
      version < 0x0301
        ? null
        : [
            ...renegotiationInfo(offer, deviation),
            ...(offer.extensions.has(EXTENSION.extendedMasterSecret)
              ? [{ type: EXTENSION.extendedMasterSecret, data: Buffer.alloc(0) }]
              : []),
            ...(offer.extensions.has(EXTENSION.pointFormats)
              ? [{ type: EXTENSION.pointFormats, data: Buffer.from([1, 0]) }]
              : []),
            ...(selected === undefined ? [] : [{ type: EXTENSION.supportedVersions, data: uint(2, selected) }]),
            ...added(deviation.extension),
          ],
  };
}

/** RFC 5746, section 3.6: empty in a first handshake. */
function renegotiationInfo(offer: Offer, { 'renegotiation-info': wrong }: Deviation): Extension[] {
  if (wrong === 'missing' || !offersRenegotiationInfo(offer)) return [];
  const verifyData = wrong === 'not-empty' ? randomBytes(12) : Buffer.alloc(0);
  return [{ type: EXTENSION.renegotiationInfo, data: vector(1, verifyData) }];
}

/** `share`: the group, and the public value behind its length; in a HelloRetryRequest the group alone. */
export function serverHello13(offer: Offer, suite: number, share: Buffer, deviation: Deviation): ServerHello {
  const { version = TLS_1_2, compression = 0, 'selected-version': selected = TLS_1_3 } = deviation;
  const wrongId = { 'too-long': 33, 'not-echoed': 32 } as const;
  const which = deviation['session-id'];
  return {
    version,
    random: randomBytes(32),
    sessionId: which ? randomBytes(wrongId[which]) : offer.sessionId,
    suite,
    compression,
    extensions: [
      { type: EXTENSION.supportedVersions, data: uint(2, selected) },
      ...(share.length > 0 ? [{ type: EXTENSION.keyShare, data: share }] : []),
      ...added(deviation.extension),
    ],
  };
}

/** One more extension, as often as it says. */
export function added(extension: Deviation['extension']): Extension[] {
  if (!extension) return [];
  const { type, data = '', times = 1 } = extension;
  return Array.from({ length: times }, () => ({ type, data: Buffer.from(data, 'hex') }));
}
