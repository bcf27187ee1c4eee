/** The flight of TLS 1.2 and older, from ServerHello to ServerHelloDone (RFC 5246, section 7.3): all of it in clear. */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import type { Issued } from '../../pki/credentials/row.ts';
import type { Deviation, Forgery } from './forgery.ts';
import { dheParameters, ecdheParameters, exportParameters } from './key-exchange.ts';
import { uint, vector } from './octets.ts';
import type { Offer } from './offer.ts';
import { encodeHandshake, HANDSHAKE_TYPE, type HandshakeMessage, TLS_1_2 } from './record.ts';
import { encodeServerHello, type ServerHello, serverHello12 } from './server-hello.ts';
import { hasSchemes, keyTypeOf, schemeFor, signed, signedOld } from './signature.ts';
import { offeredSuite, unofferedSuite } from './suites.ts';

/** What the client sends if it accepts what was forged. */
export type Awaited = 'client-key-exchange' | 'finished' | 'client-hello' | 'client-master-key';

export interface Flight {
  octets: Buffer;
  version: number;
  suite: number;
  /** Version, suite and compression are among those of the ClientHello. */
  offered: boolean;
  awaits: Awaited;
}

/** `notOffered`: the ClientHello has nothing of what the flight takes; continues "the client offers ...". */
export type Made<T> = T | { notOffered: string };

type Named = [name: string, message: HandshakeMessage];

export function flight12(offer: Offer, issued: Issued, forgery: Forgery): Made<Flight> {
  const { exchange = 'ecdhe', version = TLS_1_2 } = forgery;
  const key = createPrivateKey(issued.key);
  const wanted = { exchange, keyType: keyTypeOf(key), version };
  if (exchange !== 'ecdhe' && wanted.keyType !== 'rsa')
    throw new Error(`${exchange} takes a credential with an RSA key`);
  const usual = offeredSuite(offer, wanted);
  if (!offer.versions.includes(TLS_1_2)) return { notOffered: 'no TLS 1.2' };
  const suite = forgery.suite === 'unoffered' ? unofferedSuite(offer, wanted) : (forgery.suite ?? usual);
  if (usual === undefined && offeredSuite(offer, { ...wanted, keyType: wanted.keyType === 'ec' ? 'rsa' : 'ec' }))
    throw new Error(`the client takes ${exchange.toUpperCase()} with another kind of certificate only`);
  if (suite === undefined || usual === undefined) return { notOffered: `no suite with ${exchange.toUpperCase()}` };

  const hello = serverHello12(offer, suite, forgery);
  const parameters = parametersOf(offer, forgery);
  if (parameters && 'notOffered' in parameters) return parameters;
  const signature = parameters && signatureOver(parameters, offer, hello, issued, forgery);
  if (signature && 'notOffered' in signature) return signature;

  const messages: Named[] = [
    ['server-hello', encodeServerHello(hello)],
    ['certificate', certificateMessage(issued, forgery)],
    ...(parameters && signature
      ? [['server-key-exchange', serverKeyExchange(parameters, signature)] satisfies Named]
      : []),
    ['server-hello-done', { type: HANDSHAKE_TYPE.serverHelloDone, body: Buffer.alloc(0) }],
  ];
  const left = messages.filter(([name]) => name !== forgery.omit);
  return {
    // Each message in a record of its own, as most servers do.
    octets: Buffer.concat(left.map(([, one]) => encodeHandshake([one], { version: Math.min(version, TLS_1_2) }))),
    version: forgery['selected-version'] ?? version,
    suite,
    offered:
      offer.versions.includes(version) && offer.suites.includes(suite) && offer.compression.includes(hello.compression),
    awaits: 'client-key-exchange',
  };
}

function certificateMessage(issued: Issued, deviation: Deviation): HandshakeMessage {
  const chain = sentCertificates(issued, deviation).map((der) => vector(3, der));
  return { type: HANDSHAKE_TYPE.certificate, body: vector(3, ...chain) };
}

/** What stands in the list, the leaf first. */
export function sentCertificates(issued: Issued, { certificate }: Deviation): Buffer[] {
  const [leaf = Buffer.alloc(0), ...above] = derOf(issued);
  if (certificate === undefined) return [leaf, ...above];
  if (certificate === 'empty') return [];
  const wrong = {
    garbage: randomBytes(leaf.length).fill(0xff, 0, 1),
    truncated: leaf.subarray(0, leaf.length >> 1),
    trailing: Buffer.concat([leaf, Buffer.from('mallory')]),
  };
  return [wrong[certificate], ...above];
}

export const derOf = ({ chain }: Issued): Buffer[] =>
  chain.split(/(?<=-----END CERTIFICATE-----\s*)(?=-----BEGIN)/).map((pem) => new X509Certificate(pem).raw);

/** Null: RSA key exchange has none. */
function parametersOf(offer: Offer, forgery: Forgery): Made<Buffer> | null {
  const { exchange = 'ecdhe' } = forgery;
  if (exchange === 'rsa') return forgery['export-key'] ? exportParameters() : null;
  if (exchange === 'dhe') return dheParameters(forgery.dh);
  return ecdheParameters(offer, forgery) ?? { notOffered: `no curve ${forgery.curve ?? 'that is known here'}` };
}

function signatureOver(
  parameters: Buffer,
  offer: Offer,
  hello: ServerHello,
  issued: Issued,
  { signature: how, version = TLS_1_2 }: Deviation,
): Made<Buffer> {
  const key = createPrivateKey(issued.key);
  const random = how === 'other-randoms' ? randomBytes(32) : offer.random;
  const content = Buffer.concat([random, hello.random, parameters]);
  if (!hasSchemes(version)) return signedOld(content, key);
  const scheme = schemeFor(offer, key, how);
  return scheme === null ? { notOffered: 'no signature algorithm that fits' } : signed(content, key, scheme, how);
}

const serverKeyExchange = (parameters: Buffer, signature: Buffer): HandshakeMessage => ({
  type: HANDSHAKE_TYPE.serverKeyExchange,
  body: Buffer.concat([parameters, signature]),
});

/** SERVER-HELLO of SSL 2.0, as the draft of 1995 has it: no session, X.509, one kind of cipher, a connection id. */
export function flightSsl2(issued: Issued): Flight {
  const [leaf = Buffer.alloc(0)] = derOf(issued);
  const RC4_128_WITH_MD5 = 0x010080;
  const connectionId = randomBytes(16);
  const lengths = [leaf.length, 3, connectionId.length].map((length) => uint(2, length));
  const start = [uint(1, 4), uint(1, 0), uint(1, 1), uint(2, 0x0002)];
  const body = Buffer.concat([...start, ...lengths, leaf, uint(3, RC4_128_WITH_MD5), connectionId]);
  return {
    octets: Buffer.concat([uint(2, 0x8000 | body.length), body]),
    version: 0x0002,
    suite: RC4_128_WITH_MD5 & 0xffff,
    offered: false,
    awaits: 'client-master-key',
  };
}
