/** The flight of TLS 1.3, from ServerHello to Finished (RFC 8446, section 4), and HelloRetryRequest before it. */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { Issued } from '../../pki/credentials/row.ts';
import { type Flight, type Made, sentCertificates } from './flight-12.ts';
import type { Deviation, Forgery } from './forgery.ts';
import { handshakeProtection, hashOf, type Protection } from './key-schedule.ts';
import { uint, vector } from './octets.ts';
import type { Offer } from './offer.ts';
import { CONTENT_TYPE, encodeHandshake, encodeMessage, HANDSHAKE_TYPE, type HandshakeMessage } from './record.ts';
import { added, encodeExtensions, encodeServerHello, RETRY_RANDOM, serverHello13, TLS_1_3 } from './server-hello.ts';
import { GOOD_GROUPS, GROUP, newShare } from './share.ts';
import { schemeFor, signed } from './signature.ts';
import { offeredSuites13, unofferedSuite13 } from './suites.ts';

/** `client`: what opens the client's records. */
export type Flight13 = Flight & { client: Protection };

/** What went before: the transcript up to this ClientHello, and the suite that the HelloRetryRequest has selected. */
export interface Before {
  transcript: Buffer;
  suite: number;
}

export function flight13(offer: Offer, issued: Issued, forgery: Forgery, before?: Before): Made<Flight13> {
  const suites = offeredSuites13(offer);
  const usual = before?.suite ?? suites[0];
  if (!offer.versions.includes(TLS_1_3) || usual === undefined) return { notOffered: 'no TLS 1.3' };
  const other = forgery.retry === 'other-suite' ? otherSuite(suites, before) : usual;
  const suite = forgery.suite === 'unoffered' ? unofferedSuite13(offer) : (forgery.suite ?? other);
  if (suite === undefined) return { notOffered: 'no second suite of TLS 1.3' };

  const group = GOOD_GROUPS.find((one) => offer.keyShares.has(one));
  if (group === undefined) throw new Error('the client has sent no key share of a curve that is known here');
  const share = newShare(group);
  const scheme = schemeFor(
    { ...offer, schemes: offer.schemes.filter(isForTls13) },
    createPrivateKey(issued.key),
    undefined,
  );
  if (scheme === null) return { notOffered: 'no signature algorithm that fits' };

  const hello = encodeServerHello(serverHello13(offer, suite, keyShare(share.group, share.value), forgery));
  const secret = share.secretWith(offer.keyShares.get(group) ?? Buffer.alloc(0));
  const start = Buffer.concat([before?.transcript ?? Buffer.alloc(0), offer.message, encodeMessage(hello)]);
  const { server, client } = handshakeProtection(suite, secret, start);
  const rest = protectedMessages(start, issued, scheme, hashOf(suite), server, forgery);
  const version = forgery['selected-version'] ?? TLS_1_3;
  return {
    octets: Buffer.concat([
      encodeHandshake([hello]),
      ...rest.map((message) => server.seal(CONTENT_TYPE.handshake, encodeMessage(message))),
    ]),
    version,
    suite,
    offered: offer.versions.includes(version) && offer.suites.includes(suite),
    awaits: 'finished',
    client,
  };
}

/** With the same hash, so that the transcript is the same to a client that does not mind. */
const otherSuite = (suites: number[], before: Before | undefined) =>
  suites.find((one) => before && one !== before.suite && hashOf(one) === hashOf(before.suite)) ??
  suites.find((one) => one !== before?.suite);

const keyShare = (group: number, value: Buffer) => Buffer.concat([uint(2, group), vector(2, value)]);

/** RFC 8446, section 4.2.3: no PKCS #1 and no SHA-1 in CertificateVerify. */
const isForTls13 = (scheme: number) => (scheme >> 8 >= 4 && (scheme & 0xff) === 3) || scheme >> 8 === 8;

function protectedMessages(
  start: Buffer,
  issued: Issued,
  scheme: number,
  hash: string,
  server: Protection,
  forgery: Deviation,
): HandshakeMessage[] {
  const sent: HandshakeMessage[] = [
    { type: HANDSHAKE_TYPE.encryptedExtensions, body: encodeExtensions(added(forgery['encrypted-extension'])) },
  ];
  const transcript = () => Buffer.concat([start, ...sent.map(encodeMessage)]);
  if (forgery.omit !== 'certificate')
    sent.push({ type: HANDSHAKE_TYPE.certificate, body: certificateBody(issued, forgery) });
  if (forgery.omit !== 'certificate-verify') {
    const digest = createHash(hash).update(transcript()).digest();
    const content = toBeSigned(digest, forgery);
    const body = signed(content, createPrivateKey(issued.key) satisfies KeyObject, scheme, forgery.signature);
    sent.push({ type: HANDSHAKE_TYPE.certificateVerify, body });
  }
  const verifyData = server.verifyData(transcript());
  if (forgery.finished === 'corrupt') verifyData.writeUInt8(verifyData.readUInt8(0) ^ 1);
  sent.push({ type: HANDSHAKE_TYPE.finished, body: verifyData });
  return sent;
}

function certificateBody(issued: Issued, deviation: Deviation): Buffer {
  const chain = sentCertificates(issued, deviation);
  return Buffer.concat([vector(1), vector(3, ...chain.flatMap((der) => [vector(3, der), vector(2)]))]);
}

/** RFC 8446, section 4.4.3. */
function toBeSigned(digest: Buffer, { signature }: Deviation): Buffer {
  const who = signature === 'other-context' ? 'client' : 'server';
  const content = signature === 'other-randoms' ? Buffer.alloc(digest.length) : digest;
  return Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from(`TLS 1.3, ${who} CertificateVerify\0`), content]);
}

/** A HelloRetryRequest, and what the transcript is behind it. */
export type Retry = Flight & { before: Before };

export function retryRequest(offer: Offer, forgery: Forgery, first?: Before): Made<Retry> {
  const [usual] = offeredSuites13(offer);
  if (!offer.versions.includes(TLS_1_3) || usual === undefined) return { notOffered: 'no TLS 1.3' };
  const suite = forgery.retry === 'unoffered-suite' ? unofferedSuite13(offer) : (first?.suite ?? usual);
  if (suite === undefined) return { notOffered: 'all suites of TLS 1.3' };
  const group = retryGroup(offer, forgery.retry, first !== undefined);
  if (group === undefined && forgery.retry !== 'no-change') return { notOffered: 'no group without a key share' };
  const share = group === undefined || forgery.retry === 'no-change' ? Buffer.alloc(0) : uint(2, group);
  const request = encodeServerHello({ ...serverHello13(offer, suite, share, {}), random: RETRY_RANDOM });
  // RFC 8446, section 4.4.1: of the first ClientHello only the hash remains.
  const digest = createHash(hashOf(suite)).update(offer.message).digest();
  const hashed = encodeMessage({ type: MESSAGE_HASH, body: digest });
  return {
    octets: encodeHandshake([request]),
    version: TLS_1_3,
    suite,
    offered: offer.suites.includes(suite),
    awaits: 'client-hello',
    before: { transcript: Buffer.concat([hashed, encodeMessage(request)]), suite },
  };
}

const MESSAGE_HASH = 254;

function retryGroup({ groups, keyShares }: Offer, how: Forgery['retry'], again: boolean): number | undefined {
  if (how === 'same-group') return [...keyShares.keys()].find((group) => groups.includes(group));
  if (how === 'unoffered-group') return SELDOM_OFFERED.find((group) => !groups.includes(group));
  // A second request has nothing left to ask for that the first has not: it is wrong whatever it asks.
  return (
    RETRIED.find((group) => groups.includes(group) && !keyShares.has(group)) ??
    (how === 'twice' && again ? groups[0] : undefined)
  );
}

/** What servers do ask for: those for which a flight can follow come first. */
const RETRIED = [GROUP.secp256r1, GROUP.x25519, GROUP.secp384r1, GROUP.secp521r1, 30, 0x0100, 0x0101, 0x0102];
const SELDOM_OFFERED = [0x0104, 0x0103, 0x001c, 30, GROUP.secp521r1];

/** Whether this client must refuse any random that ends in a sentinel (RFC 8446, section 4.1.3). */
export const knowsSentinel = ({ versions }: Offer): boolean => versions.includes(TLS_1_3);
