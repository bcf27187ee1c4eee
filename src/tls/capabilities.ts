/** What this machine's OpenSSL can speak: distributions and FIPS builds leave out what is old, and so do newer versions. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect } from 'node:tls';
import type { Issued } from '../pki/credentials/row.ts';
import { type ChannelPlan, upgrade } from './channel.ts';
import { readClientHello } from './client-hello.ts';

const known = new Map<string, Promise<string | null>>();

/**
 * Tries a whole handshake with Node's own client, on a port of its own. Resolves to null if it succeeds, else to the
 * reason in words. Each plan is tried once and takes some milliseconds.
 *
 * @param credential with the kind of key that the plan's suites need; null for anonymous ones.
 */
export function cannotSpeak(plan: ChannelPlan, credential: Issued | null): Promise<string | null> {
  const id = JSON.stringify([Object.entries(plan).sort(), credential && kindOf(credential)]);
  const result = known.get(id) ?? tryHandshake(plan, credential);
  known.set(id, result);
  return result;
}

/** The same for a credential that was made elsewhere, which OpenSSL may refuse to present. Tried each time. */
export const cannotPresent = (credential: Issued): Promise<string | null> => tryHandshake({}, credential);

/** What makes a difference to OpenSSL: key and signature, and how it has to be served. */
function kindOf({ leafDer, served }: Issued): unknown[] {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(leafDer).publicKey;
  const { modulusLength, publicExponent, namedCurve } = asymmetricKeyDetails ?? {};
  return [asymmetricKeyType, modulusLength, String(publicExponent), namedCurve, served];
}

async function tryHandshake(plan: ChannelPlan, credential: Issued | null): Promise<string | null> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reason = await new Promise<string | null>((resolve) => {
    server.once('connection', (socket) => answer(socket, plan, credential, resolve));
    connectTo((server.address() as AddressInfo).port, plan, credential?.served, resolve);
  });
  server.close();
  return reason && `OpenSSL ${process.versions.openssl} of this machine: ${reason}`;
}

/** What no client offers by itself: the keys of some credentials need it. */
const OLD_ALGORITHMS = {
  ecdhCurve: 'X25519:P-256:P-384:P-521:P-224:P-192',
  sigalgs: 'ECDSA+SHA256:RSA-PSS+SHA256:rsa_pss_pss_sha256:RSA+SHA256:ed25519:DSA+SHA256:ECDSA+SHA1:RSA+SHA1',
};

function connectTo(port: number, plan: ChannelPlan, weak: Issued['served'], failed: (reason: string) => void) {
  const { minVersion = plan.maxVersion, maxVersion, ciphers = weak?.ciphers ?? 'DEFAULT', signatureAlgorithms } = plan;
  try {
    const client = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ciphers: `${ciphers}:@SECLEVEL=0`,
      ...(weak && OLD_ALGORITHMS),
      ...(signatureAlgorithms === undefined ? {} : { sigalgs: signatureAlgorithms }),
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
    });
    // In TLS 1.3 the client is ready first: to tear the connection down now would leave the server without a handshake.
    client.once('secureConnect', () => client.end());
    client.resume();
    // What the server side has to say of it is better; it comes within this time, if at all.
    client.once('error', ({ message }) => setTimeout(failed, 100, message));
  } catch (error) {
    failed((error as Error).message);
  }
}

function answer(socket: Socket, plan: ChannelPlan, credential: Issued | null, done: (reason: string | null) => void) {
  let early = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    early = Buffer.concat([early, chunk]);
    const read = readClientHello(early);
    if (read.type !== 'hello') return;
    socket.off('data', onData);
    upgrade(
      { socket, early, hello: read.hello, credential, plan },
      { flight: () => {}, secured: () => done(null), failed: ({ message }) => done(message) },
    );
  };
  socket.on('error', () => {}).on('data', onData);
}
