/**
 * A TLS client of its own, as far as a server can make it go wrong: to its ClientKeyExchange in TLS 1.2, to its Finished
 * in TLS 1.3. OpenSSL cannot be talked into overlooking what this one does.
 */
import { createHash, randomBytes, type X509Certificate } from 'node:crypto';
import { handshakeProtection, hashOf, type Keys } from '../../../src/tls/records/key-schedule.ts';
import { readOctets } from '../../../src/tls/records/octets.ts';
import {
  CONTENT_TYPE,
  createMessageReader,
  createRecordReader,
  encodeHandshake,
  encodeMessage,
  encodeRecord,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
  TLS_1_2,
  type TlsRecord,
} from '../../../src/tls/records/record.ts';
import { RETRY_RANDOM } from '../../../src/tls/records/server-hello.ts';
import { GROUP, newShare } from '../../../src/tls/records/share.ts';
import type { Fault } from '../faults.ts';
import { chainOf, checkExtensions, checkFlight12, checkHello, extensionsOf, type Hello, verifies } from './checks.ts';
import { helloMessage, offer } from './hello.ts';

export interface OwnTls {
  serverName: string;
  alpn: string[];
  has(fault: Fault): boolean;
  trusts(chain: X509Certificate[]): boolean;
  write(octets: Buffer): void;
  /** It went on in TLS 1.2, whose rest it does not know. */
  wentOn(): void;
  /** By which check. */
  refused(why: string): void;
  /** The handshake of TLS 1.3 is complete. */
  secured(keys: Keys, chain: X509Certificate[]): void;
  /** What came inside TLS. */
  data(octets: Buffer): void;
}

/** Sends its ClientHello; returns what takes the server's octets. */
export function startOwnTls({ serverName, alpn, has, trusts, write, ...tell }: OwnTls): (chunk: Buffer) => void {
  const offered = offer(newShare(GROUP.x25519), alpn, has);
  const readRecord = createRecordReader();
  const readMessage = createMessageReader();
  const transcript: Buffer[] = [];
  const flight: HandshakeMessage[] = [];
  let chain: X509Certificate[] = [];
  let hello: Hello | null = null;
  let protection: ReturnType<typeof handshakeProtection> | null = null;
  let keys: Keys | null = null;
  let unread = false;
  let retriedWith: number | null = null;
  let over = false;

  function mind(fault: Fault): void {
    if (!has(fault)) throw new Error(fault);
  }

  function refuse(why: string): void {
    if (over) return;
    over = true;
    write(encodeRecord(record(CONTENT_TYPE.alert, Buffer.from([2, 47]))));
    tell.refused(why);
  }

  function goOn(): void {
    over = true;
    tell.wentOn();
  }

  function say(message: HandshakeMessage): void {
    transcript.push(encodeMessage(message));
    write(encodeHandshake([message]));
  }

  function retry(got: Hello, extensions: { type: number; data: Buffer }[], body: Buffer): void {
    const group = extensions.find(({ type }) => type === 51)?.data.readUInt16BE();
    const useless = group === undefined || group === offered.share.group || !offered.groups.includes(group);
    if (useless || retriedWith !== null || !offered.suites.includes(got.suite)) mind('tls-takes-any-retry');
    retriedWith = got.suite;
    const digest = createHash(hashOf(got.suite)).update(Buffer.concat(transcript)).digest();
    transcript.splice(0, transcript.length, encodeMessage({ type: 254, body: digest }));
    transcript.push(encodeMessage({ type: HANDSHAKE_TYPE.serverHello, body }));
    offered.share = group === GROUP.secp256r1 ? newShare(group) : offered.share;
    say(helloMessage(offered, serverName, group ?? offered.share.group));
  }

  function serverHello(body: Buffer): void {
    const reader = readOctets(body);
    reader.octets(2);
    const isRetry = reader.octets(32).equals(RETRY_RANDOM);
    if (isRetry) {
      reader.vector(1);
      const suite = reader.number(2);
      reader.number(1);
      const extensions = extensionsOf(reader.vector(2));
      return retry({ suite, random: RETRY_RANDOM, tls13: true, version: 0x0304, share: null }, extensions, body);
    }
    hello = checkHello(body, offered, mind);
    transcript.push(encodeMessage({ type: HANDSHAKE_TYPE.serverHello, body }));
    if (!hello.tls13) return;
    if (retriedWith !== null && hello.suite !== retriedWith) mind('tls-takes-any-retry');
    if (!hello.share) throw new Error('no key share');
    const secret = offered.share.secretWith(hello.share.value);
    protection = handshakeProtection(hello.suite, secret, Buffer.concat(transcript));
  }

  function protectedMessage({ type, body }: HandshakeMessage, { suite }: Hello): void {
    const before = Buffer.concat(transcript);
    if (type === HANDSHAKE_TYPE.encryptedExtensions)
      checkExtensions(extensionsOf(readOctets(body).vector(2)), offered.extensions, offered, mind);
    if (type === HANDSHAKE_TYPE.certificate) {
      const list = readOctets(body);
      list.vector(1);
      const sent = list.vector(3);
      chain = chainOf(sent, true, mind);
      unread = sent.length > 0 && chain.length === 0;
      if (chain.length > 0 && !trusts(chain)) throw new Error('the certificate does not hold');
    }
    if (type === HANDSHAKE_TYPE.certificateVerify) certificateVerify(body, before, suite);
    flight.push({ type, body });
    if (type === HANDSHAKE_TYPE.finished) return finished(body, before);
    transcript.push(encodeMessage({ type, body }));
  }

  function certificateVerify(body: Buffer, before: Buffer, suite: number): void {
    const reader = readOctets(body);
    const scheme = reader.number(2);
    const digest = createHash(hashOf(suite)).update(before).digest();
    const label = Buffer.from('TLS 1.3, server CertificateVerify\0');
    const content = Buffer.concat([Buffer.alloc(64, 0x20), label, digest]);
    const [leaf] = chain;
    if (leaf && !verifies(scheme, content, leaf, reader.vector(2))) mind('tls-skips-key-signature');
  }

  function finished(body: Buffer, before: Buffer): void {
    const came = flight.map(({ type }) => type);
    if (!came.includes(HANDSHAKE_TYPE.certificateVerify) || (chain.length === 0 && !unread)) mind('tls-skips-messages');
    if (!protection?.server.verifyData(before).equals(body)) mind('tls-skips-finished');
    transcript.push(encodeMessage({ type: HANDSHAKE_TYPE.finished, body }));
    if (!protection) return;
    const whole = Buffer.concat(transcript);
    const own = encodeMessage({ type: HANDSHAKE_TYPE.finished, body: protection.client.verifyData(whole) });
    write(protection.client.seal(CONTENT_TYPE.handshake, own));
    keys = protection.application(whole);
    tell.secured(keys, chain);
  }

  function keyExchange(got: Hello): void {
    checkFlight12(got, flight, offered, trusts, mind);
    write(encodeHandshake([{ type: HANDSHAKE_TYPE.clientKeyExchange, body: randomBytes(33) }]));
    write(encodeRecord(record(CONTENT_TYPE.changeCipherSpec, Buffer.from([1]))));
    goOn();
  }

  function message(one: HandshakeMessage): void {
    if (one.type === HANDSHAKE_TYPE.serverHello) return serverHello(one.body);
    if (!hello) throw new Error('a message before the ServerHello');
    if (protection) return protectedMessage(one, hello);
    if (one.type === HANDSHAKE_TYPE.serverHelloDone) return keyExchange(hello);
    flight.push(one);
  }

  function take({ type, fragment }: TlsRecord): void {
    // Behind the handshake there is nothing but tickets.
    if (type === CONTENT_TYPE.handshake && keys) return;
    if (type === CONTENT_TYPE.handshake) {
      for (const found of readMessage(fragment)) if (found.type === 'message' && !over) message(found.message);
    } else if (type === CONTENT_TYPE.alert) {
      throw new Error('an alert');
    } else if (type === CONTENT_TYPE.applicationData && protection) {
      const opened = (keys ?? protection).server.open({ type, fragment, version: TLS_1_2 });
      if (!opened) throw new Error('what does not decrypt');
      if (opened.type === CONTENT_TYPE.applicationData) tell.data(opened.content);
      else take({ type: opened.type, fragment: opened.content, version: TLS_1_2 });
    }
  }

  say(helloMessage(offered, serverName));
  return (chunk) => {
    try {
      for (const one of readRecord(chunk)) {
        if (over) return;
        if (one.type === 'record') take(one.record);
        else ssl2(one.octets);
      }
    } catch (error) {
      refuse((error as Error).message);
    }
  };

  /** SERVER-HELLO of SSL 2.0, or nothing that one could answer. */
  function ssl2(octets: Buffer): void {
    if (!((octets[0] ?? 0) >= 0x80 && octets[2] === 4)) throw new Error('no record');
    mind('tls-takes-ssl-2');
    const key = Buffer.concat([Buffer.from([2, 1, 0, 0x80]), Buffer.alloc(6), randomBytes(16)]);
    write(Buffer.concat([Buffer.from([0x80, key.length]), key]));
    goOn();
  }
}

const record = (type: number, fragment: Buffer): TlsRecord => ({ type, version: TLS_1_2, fragment });
