/** The stream inside a TLS of one's own: what the rest of the client takes for a socket of Node's. */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Keys } from '../../../src/tls/records/key-schedule.ts';
import { CONTENT_TYPE, LONGEST_FRAGMENT } from '../../../src/tls/records/record.ts';
import { type Fault, faults, type Has } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { startOwnTls } from './client.ts';

/** Whether a fault needs it: OpenSSL cannot be talked into overlooking that. */
export const hasOwnTls = (has: Has): boolean =>
  (Object.keys(faults) as Fault[]).some((fault) => OWN.test(fault) && has(fault));

const OWN = /^tls-(takes|offers|skips|ignores)-/;

/** @throws Refusal where the handshake does not come to an end: also where it went on with a TLS that has none. */
export function ownHandshake(tcp: Socket, options: ConnectionOptions, has: Has, limit: number): Promise<TLSSocket> {
  const { servername = '', ca, ALPNProtocols = [] } = options;
  const anchor = new X509Certificate(String(ca));
  return new Promise((resolve, reject) => {
    let keys: Keys | null = null;
    const stream = new Duplex({
      read: () => undefined,
      write(octets: Buffer, _encoding, done) {
        for (let at = 0; keys && at < octets.length; at += LONGEST_FRAGMENT)
          tcp.write(keys.client.seal(CONTENT_TYPE.applicationData, octets.subarray(at, at + LONGEST_FRAGMENT)));
        done();
      },
      final(done) {
        if (keys && tcp.writable) tcp.end(keys.client.seal(CONTENT_TYPE.alert, CLOSE_NOTIFY));
        done();
      },
      destroy(error, done) {
        tcp.destroy();
        done(error);
      },
    });
    const fail = (why: string) => {
      clearTimeout(timer);
      tcp.end();
      reject(new Refusal('tls-failed', why));
    };
    const timer = setTimeout(fail, limit, 'the TLS handshake does not end');
    const take = startOwnTls({
      serverName: servername,
      alpn: ALPNProtocols as string[],
      has,
      trusts: ([leaf]) => leaf?.verify(anchor.publicKey) === true && leaf.checkHost(servername) !== undefined,
      write: (octets) => void (tcp.writable && tcp.write(octets)),
      wentOn: () => fail('it went on, and knows no further'),
      refused: fail,
      secured(made, [leaf]) {
        clearTimeout(timer);
        keys = made;
        const facts = {
          authorized: true,
          authorizationError: null,
          getProtocol: () => 'TLSv1.3',
          getCipher: () => ({ standardName: 'TLS_AES_128_GCM_SHA256' }),
          getPeerX509Certificate: () => leaf,
          // No channel binding.
          isSessionReused: () => false,
          getSession: () => undefined,
          exportKeyingMaterial: () => null,
        };
        resolve(Object.assign(stream, facts) as unknown as TLSSocket);
      },
      data: (octets) => void stream.push(octets),
    });
    tcp.on('data', take);
    const end = () => {
      stream.push(null);
      fail('the connection ended');
    };
    tcp.once('end', end).once('close', () => {
      end();
      stream.destroy();
    });
  });
}

const CLOSE_NOTIFY = Buffer.from([1, 0]);
