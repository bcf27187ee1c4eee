/** What a plan and a credential make of OpenSSL: the context that all connections with them share. */
import { constants, getDiffieHellman } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import type { Issued } from '../pki/credentials/row.ts';
import { integer, sequence } from '../pki/der.ts';

/** How Mallory's end of TLS behaves; every field has a good server's default. */
export interface ChannelPlan {
  /** Default: TLSv1.2, or `maxVersion` if that is lower. */
  minVersion?: SecureVersion;
  /** Default: TLSv1.3. */
  maxVersion?: SecureVersion;
  /** In OpenSSL's words; default: Node's. At security level 0 always, so that weak ones are really offered. */
  ciphers?: string;
  /** Protocols that the server knows, best first; default: `xmpp-client` (XEP-0368). Only used if the client asks for one. */
  alpn?: string[];
  /** Ask for a client's certificate, of one of the CAs in this PEM. What comes is handed on unverified. */
  clientCa?: string;
  /** Default: true, if the client offers it (RFC 7627). */
  extendedMasterSecret?: boolean;
  /** Default: true, for suites with CBC and if the client offers it (RFC 7366). */
  encryptThenMac?: boolean;
  /** In OpenSSL's words; default: OpenSSL's, at security level 0 too if it is given. */
  signatureAlgorithms?: string;
  /** For ECDHE and TLS 1.3, in OpenSSL's words, best first; default: OpenSSL's. */
  groups?: string;
  /** Bits of the group of DHE suites; default: as many as the certificate's key is worth. */
  dhBits?: number;
  /** For session tickets, 48 octets: `createTickets` has them. Default: keys that no other context has. */
  ticketKeys?: Buffer;
}

/**
 * Making a context costs up to 1 ms, so each is made once, and forgotten with its credential. Contexts share ticket
 * keys only where the plan says so: a session of one credential is not resumed under another, nor in another scenario,
 * and so no client gets past a certificate that it was to see.
 */
const contexts = new WeakMap<object, Map<string, SecureContext>>();
const ANONYMOUS = {};
/** Of one credential. */
const MOST = 16;

/** @throws the OpenSSL error if this machine cannot do what the plan wants. */
export function secureContext(plan: ChannelPlan, credential: Issued | null): SecureContext {
  const ofCredential = contexts.get(credential ?? ANONYMOUS) ?? new Map<string, SecureContext>();
  contexts.set(credential ?? ANONYMOUS, ofCredential);
  const { alpn: _, ticketKeys, ...lasting } = plan;
  const id = JSON.stringify([lasting, ticketKeys?.toString('hex')]);
  const context = ofCredential.get(id) ?? newContext(plan, credential);
  // Behind the others, so that the first is the one that was not needed for the longest time.
  ofCredential.delete(id);
  ofCredential.set(id, context);
  const [oldest] = ofCredential.keys();
  // A client that comes back has new ticket keys each time.
  if (ofCredential.size > MOST && oldest !== undefined) ofCredential.delete(oldest);
  return context;
}

function newContext(plan: ChannelPlan, credential: Issued | null): SecureContext {
  const { extendedMasterSecret = true } = plan;
  const { served = {} } = credential ?? {};
  const maxVersion = lower(plan.maxVersion ?? 'TLSv1.3', served.maxVersion ?? 'TLSv1.3');
  const minVersion = plan.minVersion ?? (isOld(maxVersion) ? maxVersion : 'TLSv1.2');
  // Without level 0 OpenSSL refuses TLS before 1.2 and weak suites, and every client would seem to be safe.
  const { signatureAlgorithms, dhBits, encryptThenMac = true } = plan;
  // In a new handshake on the same connection a certificate is to be shown, and not an old session taken up.
  const secureOptions =
    constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION |
    (extendedMasterSecret ? 0 : SSL_OP_NO_EXTENDED_MASTER_SECRET) |
    (encryptThenMac ? 0 : SSL_OP_NO_ENCRYPT_THEN_MAC);
  const ciphers = plan.ciphers ?? served.ciphers ?? (isOld(minVersion) || signatureAlgorithms ? 'DEFAULT' : undefined);
  const made = createSecureContext({
    ...(credential ? { key: credential.key, cert: credential.chain } : {}),
    // Only an absent list makes Node load the system's CAs, which takes 5 ms and has no use here.
    ca: plan.clientCa === undefined ? [] : [plan.clientCa],
    minVersion,
    maxVersion,
    honorCipherOrder: true,
    ...(ciphers === undefined ? {} : { ciphers: `${ciphers}:@SECLEVEL=0` }),
    // With this OpenSSL would take a group of its own choice, whatever else it is given.
    ...(ciphers === undefined || dhBits ? {} : { dhparam: 'auto' }),
    ...(signatureAlgorithms === undefined ? {} : { sigalgs: signatureAlgorithms }),
    ...(plan.groups === undefined ? {} : { ecdhCurve: plan.groups }),
    secureOptions,
    // OpenSSL resumes no session with a client's certificate unless the server has a name for its contexts.
    sessionIdContext: 'xmpp-mallory',
    ...(plan.ticketKeys && { ticketKeys: plan.ticketKeys }),
  });
  // Not as an option: Node would warn the user of a weak group, which is what was asked for.
  if (dhBits) made.context.setDHParam(dhGroup(dhBits));
  return made;
}

/** Their names sort as they do. */
const lower = (one: SecureVersion, other: SecureVersion) => (one < other ? one : other);

const isOld = (version: SecureVersion) => version === 'TLSv1' || version === 'TLSv1.1';

/** DHParameter (PKCS #3, section 9) of the groups of RFC 2409, section 6.2, and RFC 3526, section 3. */
function dhGroup(bits: number): string {
  const group = getDiffieHellman(bits === 1024 ? 'modp2' : 'modp14');
  const der = sequence(integer(group.getPrime()), integer(group.getGenerator()));
  return `-----BEGIN DH PARAMETERS-----\n${der.toString('base64')}\n-----END DH PARAMETERS-----\n`;
}

/** Not among Node's constants. */
const SSL_OP_NO_EXTENDED_MASTER_SECRET = 1;
const SSL_OP_NO_ENCRYPT_THEN_MAC = 2 ** 19;
