/** What is known of a connection once it is inside TLS. */
import { createHash, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { children } from '../pki/der.ts';

export interface ChannelFacts {
  /** Such as `TLSv1.3`. */
  version: string;
  /** IANA's name. */
  cipher: string;
  alpn: string | null;
  serverName: string | null;
  /** Then no certificate was sent. */
  resumed: boolean;
  /** False for a NULL suite: what follows is readable by all. */
  encrypted: boolean;
  /** RFC 7627; TLS 1.3 has it built in. */
  extendedMasterSecret: boolean;
  /** What the client presented, unverified; null if it was not asked or had none. */
  clientCertificate: X509Certificate | null;
  /** RFC 9266; null where TLS cannot give it: before 1.3 without extended master secret. */
  tlsExporter: Buffer | null;
  /** RFC 5929, section 3; null on TLS 1.3. */
  tlsUnique: Buffer | null;
  /** RFC 5929, section 4; null for anonymous suites. */
  tlsServerEndPoint: Buffer | null;
}

export function channelFacts(
  stream: TLSSocket,
  { leafDer, extendedMasterSecret }: { leafDer: Buffer | null; extendedMasterSecret: boolean },
): ChannelFacts {
  const version = stream.getProtocol() ?? 'unknown';
  const { standardName } = stream.getCipher();
  const resumed = stream.isSessionReused();
  return {
    version,
    cipher: standardName,
    alpn: stream.alpnProtocol || null,
    serverName: servernameOf(stream),
    resumed,
    encrypted: !/_WITH_NULL_|^TLS_SHA/.test(standardName),
    extendedMasterSecret: version === 'TLSv1.3' || extendedMasterSecret,
    clientCertificate: stream.getPeerX509Certificate() ?? null,
    // Computed where a client binds to it, which few do.
    get tlsExporter() {
      if (version !== 'TLSv1.3' && !(version === 'TLSv1.2' && extendedMasterSecret)) return null;
      // The context is of zero length, which before TLS 1.3 is not the same as none (RFC 5705, section 4).
      return stream.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    },
    tlsUnique: version === 'TLSv1.3' ? null : firstFinished(stream, resumed),
    get tlsServerEndPoint() {
      return leafDer && endPointHash(leafDer);
    },
  };
}

/** Server-side, Node has it as a property that its types leave out, `false` if there was none. */
function servernameOf(stream: TLSSocket): string | null {
  const name: unknown = Reflect.get(stream, 'servername');
  return typeof name === 'string' ? name : null;
}

/** The first Finished message is the client's in a full handshake, and the server's in a resumed one. */
const firstFinished = (stream: TLSSocket, resumed: boolean): Buffer | null =>
  (resumed ? stream.getFinished() : stream.getPeerFinished()) ?? null;

/** The last arc of ecdsa-with-SHA* (1.2.840.10045.4.3) and sha*WithRSAEncryption (1.2.840.113549.1.1). */
const HASHES = new Map([
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
]);

/** The hash of the signature, and SHA-256 in place of MD5 and SHA-1 (RFC 5929, section 4.1). */
function endPointHash(leafDer: Buffer): Buffer {
  const [, signatureAlgorithm = Buffer.alloc(0)] = children(leafDer);
  const [algorithm = Buffer.alloc(0)] = children(signatureAlgorithm);
  return createHash(HASHES.get(algorithm.subarray(2).toString('hex')) ?? 'sha256')
    .update(leafDer)
    .digest();
}
