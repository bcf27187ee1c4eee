/** TLS as a correct client speaks it (RFC 9325), and the faults of it. */
import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { ConnectionOptions, TLSSocket, TLSSocketOptions } from 'node:tls';
import type { Claim } from '../../src/transcript.ts';
import { type Attempt, askedFor, isElsewhere } from './attempt.ts';
import { provedByDane } from './dane.ts';
import { type Fault, switchedOn } from './faults.ts';
import { stapleOf } from './handshake.ts';
import { asciiOf } from './names.ts';
import { provedByPosh } from './posh.ts';
import { probe } from './probe.ts';
import { Refusal } from './refusal.ts';
import { asOpenSsl, earlyData, keepRejected, takeSession } from './resumption.ts';
import { sentChain, verify } from './verify.ts';

/** RFC 9325, section 4.2, and TLS 1.3: ECDHE and AEAD, nothing else. */
const GOOD = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20';

/** As OpenSSL offers by default at its level 1, but at level 0 it would add SHA-1. */
const GOOD_SIGNATURES =
  'ECDSA+SHA256:ECDSA+SHA384:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:rsa_pss_pss_sha256:RSA+SHA256:RSA+SHA384';

/** OpenSSL offers what is weak at security level 0 only. */
const suites = (list: string) => ({ ciphers: `${list}:@SECLEVEL=0` });

/** Not among Node's constants. */
const SSL_OP_NO_EXTENDED_MASTER_SECRET = 1;
const SSL_OP_NO_ENCRYPT_THEN_MAC = 1 << 19;

const settings: Partial<Record<Fault, ConnectionOptions>> = {
  'tls-1.0': { minVersion: 'TLSv1', ...suites('HIGH:!aNULL') },
  'tls-1.1': { minVersion: 'TLSv1.1', ...suites('HIGH:!aNULL') },
  anonymous: suites('HIGH'),
  'null-suite': suites('HIGH:!aNULL:eNULL'),
  'static-rsa': { ciphers: `${GOOD}:AES128-GCM-SHA256` },
  dhe: { ciphers: `${GOOD}:DHE+AESGCM`, minDHSize: 2_048 },
  'dhe-1024': suites(`${GOOD}:DHE+AESGCM`),
  cbc: { ciphers: `${GOOD}:ECDHE+AES` },
  'sha1-signature': { ...suites(GOOD), sigalgs: 'ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA1:RSA+SHA1' },
  'no-renegotiation-info': { secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT },
  'skips-strength': {
    ecdhCurve: 'X25519:P-256:P-384:P-224:P-192',
    sigalgs: 'ECDSA+SHA256:RSA-PSS+SHA256:rsa_pss_pss_sha256:RSA+SHA256:DSA+SHA256:ECDSA+SHA1:RSA+SHA1',
    ...suites('HIGH:!aNULL'),
  },
  'tls-1.3-only': { minVersion: 'TLSv1.3' },
  'tls-1.2-only': { maxVersion: 'TLSv1.2' },
  'offers-static-rsa': suites(`${GOOD}:RSA+AESGCM`),
  'prefers-static-rsa': suites(`RSA+AESGCM:${GOOD}`),
  'offers-dhe': suites(`${GOOD}:DHE+AESGCM`),
  'cbc-without-etm': { ...suites(`${GOOD}:ECDHE+AES+SHA`), secureOptions: SSL_OP_NO_ENCRYPT_THEN_MAC },
  'cbc-only': suites('ECDHE+AES+SHA'),
  'offers-small-curve': { ...suites(GOOD), ecdhCurve: 'X25519:P-256:secp192r1' },
  'offers-obsolete-group': { ecdhCurve: 'X25519:P-256:brainpoolP256r1' },
  'offers-no-p-256': { ecdhCurve: 'X25519:P-384' },
  'offers-no-x25519': { ecdhCurve: 'P-256:P-384' },
  'offers-sha-1': { ...suites(GOOD), sigalgs: `${GOOD_SIGNATURES}:RSA+SHA1:ECDSA+SHA1` },
  'no-extended-master-secret': { secureOptions: SSL_OP_NO_EXTENDED_MASTER_SECRET },
  'no-sni': { servername: '' },
  'other-sni': { servername: 'localhost' },
  'no-alpn': { ALPNProtocols: [] },
  'other-alpn': { ALPNProtocols: ['h2', 'http/1.1'] },
};

/** Milliseconds. */
const TICKET_PATIENCE = 500;

/** @throws Refusal, also for a certificate that does not hold. */
export async function secure(attempt: Attempt): Promise<void> {
  const { connection, endpoint, has, plan, memory, server } = attempt;
  await probe(attempt);
  const ca = readFileSync(endpoint.caFile);
  if (has('early-data') && memory.session) {
    takeSession(attempt);
    connection.send(earlyData(endpoint.domain));
    throw new Refusal('tls-failed', 'early data went out, and nothing else');
  }
  const session = takeSession(attempt);
  attempt.offered = session !== null;
  const nameless = isIP(endpoint.domain) !== 0 || (has('session-for-any-name') && isElsewhere(attempt));
  const options: ConnectionOptions & Pick<TLSSocketOptions, 'requestOCSP'> = {
    ca,
    // RFC 7590, section 3.5; whether the certificate names it is for `verify` to say, which knows the SRV-ID.
    // An address is never in it (RFC 6066, section 3).
    servername: nameless ? '' : `${asciiOf(askedFor(attempt, 'sni-is-srv-target'))}${has('sni-with-dot') ? '.' : ''}`,
    checkServerIdentity: () => undefined,
    requestOCSP: plan.asksForStaple || Boolean(endpoint.certFile),
    minVersion: 'TLSv1.2',
    ciphers: GOOD,
    sigalgs: GOOD_SIGNATURES,
    maxVersion: plan.maxVersion,
    ...(session && { session: has('session-for-any-name') ? asOpenSsl(session.octets) : session.octets }),
    ...(endpoint.tls === 'direct' && { ALPNProtocols: [server ? 'xmpp-server' : 'xmpp-client'] }),
    ...(server && { cert: server.certificate, key: server.key }),
    ...(plan.maxVersion < 'TLSv1.2' && { minVersion: 'TLSv1', ...suites('HIGH:!aNULL') }),
  };
  Object.assign(options, ...switchedOn(settings, has));
  if (endpoint.certFile && endpoint.keyFile)
    Object.assign(options, { cert: readFileSync(endpoint.certFile), key: readFileSync(endpoint.keyFile) });
  // Node asks after the handshake only whether a certificate holds, when our own is with the other side.
  const early = (above: TLSSocket, staple: Buffer | null) => {
    if (!endpoint.certFile || has('shows-certificate-to-anyone')) return true;
    attempt.chain = sentChain(above);
    return verify(attempt, true, ca, staple);
  };
  const socket = await connection.upgrade(options, has, early);
  if (has('needs-alpn') && endpoint.tls === 'direct' && !socket.alpnProtocol) {
    connection.destroy();
    throw new Refusal('interop', 'no ALPN');
  }
  if (session && socket.isSessionReused()) attempt.chain = session.chain;
  else if (attempt.chain.length === 0) attempt.chain = sentChain(socket);
  const leaf = attempt.chain[0]?.fingerprint256;
  // What Node would verify each time is ours to do here.
  socket.on('secure', () => {
    if (has('renegotiates-to-any-certificate') || socket.getPeerX509Certificate()?.fingerprint256 === leaf) return;
    connection.destroy();
  });
  const staple = stapleOf(socket);
  const { dane } = attempt;
  const isFor = (domain: string) =>
    verify({ ...attempt, endpoint: { ...endpoint, domain } }, socket.authorized, ca, staple);
  const names = dane && !has('dane-no-target-name') ? [endpoint.domain, dane.target] : [endpoint.domain];
  if (dane && dane.tlsa.length > 0 && has('dane-host-name-only')) names.shift();
  const holds = names.some(isFor);
  const proof = provedByDane(attempt, holds);
  if (proof === 'proved' || (proof === 'none' && (holds || (server && (await provedByPosh(attempt)))))) return;
  if (
    proof === 'none' &&
    (server?.policy.authentication === 'optional' ||
      plan.byDialback ||
      (server && has(attempt.instead ? 'asks-anybody' : 'dialback-after-bad-certificate')))
  ) {
    attempt.trusted = false;
    return;
  }
  // Node writes what it has only when this has returned.
  if (has('shows-certificate-to-anyone')) await setImmediate();
  await keepRejected(attempt, socket, TICKET_PATIENCE);
  connection.destroy();
  throw new Refusal(
    'certificate',
    `the certificate does not hold for ${endpoint.domain}: ${socket.authorizationError}`,
  );
}

/** What the client says of its connection (RFC 7590, section 3.6). */
export function tlsClaim({ connection, chain, has, memory }: Attempt): Claim['tls'] {
  const { tls } = connection;
  if (!tls) return undefined;
  const [leaf] = chain;
  const same = leaf !== undefined && memory.leaf?.fingerprint256 === leaf.fingerprint256;
  const changed = has('claims-certificate-unchanged') ? false : has('claims-certificate-changed') || !same;
  return {
    version: has('claims-other-tls') ? 'TLSv1.1' : (tls.getProtocol() ?? undefined),
    cipher: tls.getCipher().standardName,
    certificate_sha256: has('claims-other-certificate')
      ? '00'.repeat(32)
      : leaf?.fingerprint256.replaceAll(':', '').toLowerCase(),
    verified_by: has('claims-other-verification') ? 'DANE' : 'PKIX',
    ...(memory.leaf && { certificate_changed: changed }),
  };
}
