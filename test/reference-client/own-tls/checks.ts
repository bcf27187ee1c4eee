/**
 * What a TLS client has to look at before it goes on, written out. Each check is named by the fault that leaves it out;
 * a forged flight that is wrong in one thing fails one of them.
 */
import {
  checkPrimeSync,
  constants,
  createECDH,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  verify,
  X509Certificate,
} from 'node:crypto';
import { readOctets } from '../../../src/tls/records/octets.ts';
import { HANDSHAKE_TYPE, type HandshakeMessage } from '../../../src/tls/records/record.ts';
import type { Fault } from '../faults.ts';
import type { Offered } from './hello.ts';

/** Called with what is wrong. Throws, unless the client's fault is not to mind. */
export type Mind = (fault: Fault) => void;

export interface Hello {
  random: Buffer;
  suite: number;
  /** What the client makes of it. */
  tls13: boolean;
  version: number;
  share: { group: number; value: Buffer } | null;
}

const DOWNGRADE = '444f574e475244';
const ALPN = 16;
const RENEGOTIATION_INFO = 0xff01;
const PRE_SHARED_KEY = 41;
/** RFC 8446, section 4.2: in ServerHello. */
const IN_HELLO_13 = [43, 51, 41];

export function checkHello(body: Buffer, offered: Offered, mind: Mind): Hello {
  const reader = readOctets(body);
  const legacyVersion = reader.number(2);
  const random = reader.octets(32);
  const sessionId = reader.vector(1);
  const suite = reader.number(2);
  const compression = reader.number(1);
  const extensions = extensionsOf(reader.atEnd() ? Buffer.alloc(0) : reader.vector(2));
  const first = (type: number) => extensions.find((one) => one.type === type)?.data;
  const selected = first(43);
  const share = first(51);
  // What it offers is no session that anybody knows.
  if (first(PRE_SHARED_KEY) && offered.extensions.includes(PRE_SHARED_KEY)) mind('tls-takes-any-psk');
  const tls13 = share !== undefined || (selected !== undefined && selected.readUInt16BE() >= 0x0304);
  const version = selected ? selected.readUInt16BE() : legacyVersion;

  const honestly = offered.versions.filter((one) => one >= 0x0303);
  if (!honestly.includes(version) || (selected !== undefined) !== version >= 0x0304 || tls13 !== version >= 0x0304)
    mind('tls-takes-any-version');
  if (!offered.suites.includes(suite) || (suite >> 8 === 0x13) !== tls13) mind('tls-takes-any-suite');
  if (compression !== 0) mind('tls-takes-compression');
  if (sessionId.length > 32 || (tls13 && !sessionId.equals(offered.sessionId))) mind('tls-takes-any-session-id');
  checkExtensions(extensions, tls13 ? IN_HELLO_13 : offered.extensions, offered, mind);
  if (!tls13 && version >= 0x0301 && first(RENEGOTIATION_INFO)?.equals(Buffer.alloc(1)) !== true)
    mind('tls-ignores-renegotiation-info');
  if (!tls13 && random.toString('hex', 24).startsWith(DOWNGRADE)) mind('tls-ignores-sentinel');
  const list = share && readOctets(share);
  return { random, suite, tls13, version, share: list ? { group: list.number(2), value: list.vector(2) } : null };
}

export function checkExtensions(
  list: { type: number; data: Buffer }[],
  allowed: number[],
  offered: Offered,
  mind: Mind,
): void {
  const types = list.map(({ type }) => type);
  const solicited = (type: number) => allowed.includes(type) && offered.extensions.includes(type);
  if (new Set(types).size < types.length || !types.every(solicited)) mind('tls-takes-any-extension');
  const alpn = list.find(({ type }) => type === ALPN);
  if (!alpn || !offered.extensions.includes(ALPN)) return;
  const names = readOctets(readOctets(alpn.data).vector(2));
  const name = names.vector(1).toString();
  if (!names.atEnd() || !offered.alpn.includes(name)) mind('tls-takes-any-alpn');
}

export function extensionsOf(octets: Buffer): { type: number; data: Buffer }[] {
  const reader = readOctets(octets);
  const list: { type: number; data: Buffer }[] = [];
  while (!reader.atEnd()) list.push({ type: reader.number(2), data: reader.vector(2) });
  return list;
}

/** The suites that take no ServerKeyExchange. */
const STATIC_RSA = [0x009c, 0x002f, 0x0003, 0x0004, 0x0005, 0x0008, 0x0009, 0x000a];
const EXPORT = [0x0003, 0x0008];
const NAMED_CURVE = 3;

/** Everything between ServerHello and ServerHelloDone of TLS 1.2. */
export function checkFlight12(
  hello: Hello,
  messages: HandshakeMessage[],
  offered: Offered,
  trusts: (chain: X509Certificate[]) => boolean,
  mind: Mind,
): void {
  const body = (type: number) => messages.find((one) => one.type === type)?.body;
  const certificate = body(HANDSHAKE_TYPE.certificate);
  const keyExchange = body(HANDSHAKE_TYPE.serverKeyExchange);
  const isStatic = STATIC_RSA.includes(hello.suite) && !EXPORT.includes(hello.suite);
  if (isStatic && keyExchange) mind('tls-takes-export-key');
  const chain = certificate ? chainOf(readOctets(certificate).vector(3), false, mind) : [];
  if (certificate && chain.length === 0 && certificate.length > 3) return;
  if (chain.length === 0 || (!isStatic && !keyExchange)) mind('tls-skips-messages');
  else if (!trusts(chain)) throw new Error('the certificate does not hold');
  if (keyExchange && !isStatic) checkKeyExchange(keyExchange, hello, offered, chain[0], mind);
}

function checkKeyExchange(
  body: Buffer,
  { random, version, suite }: Hello,
  offered: Offered,
  leaf: X509Certificate | undefined,
  mind: Mind,
): void {
  const reader = readOctets(body);
  let length: number;
  if (EXPORT.includes(suite)) {
    length = 4 + reader.vector(2).length + reader.vector(2).length;
  } else if (body[0] === NAMED_CURVE) {
    reader.number(1);
    const group = reader.number(2);
    const point = reader.vector(1);
    if (!offered.groups.includes(group)) mind('tls-takes-any-group');
    else if (!isPoint(group, point)) mind('tls-takes-any-point');
    length = 4 + point.length;
  } else {
    const [p, g, y] = [reader.vector(2), reader.vector(2), reader.vector(2)];
    if (!isGoodDh(p, g, y)) mind('tls-takes-weak-dh');
    length = 6 + p.length + g.length + y.length;
  }
  if (version < 0x0303) return;
  const scheme = reader.number(2);
  if (!offered.schemes.includes(scheme)) mind('tls-takes-any-signature-algorithm');
  const content = Buffer.concat([offered.random, random, body.subarray(0, length)]);
  if (leaf && !verifies(scheme, content, leaf, reader.vector(2))) mind('tls-skips-key-signature');
}

function isPoint(group: number, point: Buffer): boolean {
  try {
    if (group === 23) return createECDH('prime256v1').generateKeys() && onCurve(point);
    if (group !== 29) return true;
    const key = { kty: 'OKP', crv: 'X25519', x: point.toString('base64url') };
    // OpenSSL refuses a secret of zeros.
    const { privateKey } = generateKeyPairSync('x25519');
    return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'jwk' }) }).length === 32;
  } catch {
    return false;
  }
}

function onCurve(point: Buffer): boolean {
  const key = createECDH('prime256v1');
  key.generateKeys();
  return point.length === 65 && key.computeSecret(point).length === 32;
}

/** RFC 9325, section 4.5: 2048 bits; RFC 7919, section 3: 1 < Y < p - 1. */
function isGoodDh(p: Buffer, g: Buffer, y: Buffer): boolean {
  const [modulus, generator, value] = [p, g, y].map((number) => BigInt(`0x${number.toString('hex') || '0'}`));
  if (modulus === undefined || generator === undefined || value === undefined) return false;
  return modulus >> 2047n > 0n && checkPrimeSync(modulus) && generator > 1n && value > 1n && value < modulus - 1n;
}

const HASHES: Record<number, string> = { 2: 'sha1', 3: 'sha224', 4: 'sha256', 5: 'sha384', 6: 'sha512' };

export function verifies(scheme: number, content: Buffer, leaf: X509Certificate, signature: Buffer): boolean {
  const pss = scheme >> 8 === 8;
  const hash = pss ? { 4: 'sha256', 5: 'sha384', 6: 'sha512' }[scheme & 0xff] : HASHES[scheme >> 8];
  const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return hash !== undefined && verify(hash, content, { key: leaf.publicKey, ...padding }, signature);
}

/** Null where it is no certificate, or more than one. */
function readCertificate(octets: Buffer): X509Certificate[] | null {
  try {
    const certificate = new X509Certificate(octets);
    return certificate.raw.equals(octets) ? [certificate] : null;
  } catch {
    return null;
  }
}

/** `withExtensions`: as TLS 1.3 has it, behind each certificate. */
export function chainOf(list: Buffer, withExtensions: boolean, mind: Mind): X509Certificate[] {
  const reader = readOctets(list);
  const chain: X509Certificate[] = [];
  while (!reader.atEnd()) {
    const read = readCertificate(reader.vector(3));
    if (!read) mind('tls-takes-any-certificate');
    if (!read?.length) return [];
    chain.push(...read);
    if (withExtensions) reader.vector(2);
  }
  return chain;
}
