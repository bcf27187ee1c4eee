/**
 * What a ClientHello must not offer, and what it must not lack: one row for each thing that a scenario may name. Which
 * clause it breaks, and how bad that is, the scenario says.
 */
import { cipherSuiteName, groupName, signatureSchemeName, versionName } from '../../src/tls/names.ts';
import type { ClientHello } from '../../src/transcript.ts';

export interface HelloRule {
  /** A sentence without its full stop; what was found is put behind it in brackets. */
  says: string;
  /** What is wrong, in names; an empty list where something is missing; null where all is well. */
  find(hello: ClientHello, about: HelloContext): string[] | null;
}

export interface HelloContext {
  /** The domain of the JID, in ASCII. */
  domain: string;
  /** The highest version of all hellos that this client sent. */
  highest: number;
}

const SSL_3 = 0x0300;
const TLS_1_0 = 0x0301;
const TLS_1_1 = 0x0302;
const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;

export const HELLO_RULES: Readonly<Record<string, HelloRule>> = {
  'offers-ssl-3': { says: 'It offers SSL 3.0', find: version(SSL_3) },
  'offers-tls-1.0': { says: 'It offers TLS 1.0', find: version(TLS_1_0) },
  'offers-tls-1.1': { says: 'It offers TLS 1.1', find: version(TLS_1_1) },
  'offers-no-tls-1.2': {
    says: 'It offers nothing newer than TLS 1.1',
    find: (hello) => lacks(highestOf(hello) >= TLS_1_2),
  },
  'offers-no-tls-1.3': { says: 'It does not offer TLS 1.3', find: (hello) => lacks(offers13(hello)) },

  'offers-null': { says: 'It offers suites without encryption', find: suites(/_WITH_NULL_|^TLS_SHA\d+_SHA\d+$/) },
  'offers-anonymous': { says: 'It offers suites without authentication', find: suites(/_anon_/) },
  'offers-export': { says: 'It offers suites with encryption that was weakened for export', find: suites(/_EXPORT/) },
  'offers-des': { says: 'It offers suites with single DES', find: suites(/^(?!.*EXPORT).*_WITH_DES_CBC_/) },
  'offers-rc4': { says: 'It offers suites with RC4', find: suites(/_RC4_/) },
  'offers-3des': { says: 'It offers suites with triple DES', find: suites(/_3DES_/) },
  'offers-static-rsa': {
    says: 'It offers suites with RSA key transport, which has no forward secrecy',
    find: suites(/^(TLS|SSL)_RSA_(WITH|EXPORT|FIPS)/),
  },
  'offers-static-dh': {
    says: 'It offers suites with static Diffie-Hellman, which has no forward secrecy',
    find: suites(/^TLS_(EC)?DH_(RSA|DSS|ECDSA)_/),
  },
  'offers-dhe': { says: 'It offers suites with finite-field Diffie-Hellman', find: suites(/^TLS_DHE_(RSA|DSS)_/) },
  'prefers-no-forward-secrecy': {
    says: 'The suite that it likes best in TLS 1.2 has no forward secrecy',
    find: (hello) => {
      const first = suites(/_WITH_/)(hello)?.[0];
      return first === undefined || /^TLS_(ECDHE|DHE|DH_anon|ECDH_anon|ECCPWD|SRP)_/.test(first) ? null : [first];
    },
  },
  'offers-cbc-without-etm': {
    says: 'It offers suites in CBC mode, but not the extension encrypt_then_mac',
    find: (hello) => (hello.extensions.includes(ENCRYPT_THEN_MAC) ? null : suites(/_CBC_/)(hello)),
  },
  'offers-no-recommended-suite': {
    says: 'It offers TLS 1.2 without any of the four suites that are recommended for it',
    find: (hello) => lacks(!offers12(hello) || hello.cipherSuites.some((code) => RECOMMENDED.includes(code))),
  },

  'offers-small-curve': {
    says: 'It offers curves of less than 224 bits',
    find: groups((code) => (code >= 1 && code <= 5) || (code >= 15 && code <= 19)),
  },
  'offers-obsolete-group': {
    says: 'It offers TLS 1.3 along with groups that this must not offer',
    find: (hello) => (offers13(hello) ? groups(isObsolete)(hello) : null),
  },
  'offers-no-p-256': { says: 'It does not offer P-256', find: (hello) => lacks(hello.groups.includes(SECP256R1)) },
  'offers-no-x25519': { says: 'It does not offer X25519', find: (hello) => lacks(hello.groups.includes(X25519)) },

  'offers-md5-signatures': { says: 'It offers signatures with MD5', find: (hello) => schemes(hello, [0x01]) },
  'offers-sha-1-signatures': {
    says: 'It offers TLS 1.2 along with signatures with SHA-1',
    find: (hello) => (offers12(hello) ? schemes(hello, [0x02]) : null),
  },
  'offers-no-signature-algorithms': {
    says: 'It does not say which signatures it takes, which stands for SHA-1',
    find: (hello) => lacks(hello.extensions.includes(SIGNATURE_ALGORITHMS)),
  },
  'offers-no-sha-256-signatures': {
    says: 'It takes no signature with SHA-256',
    find: (hello) =>
      lacks(hello.signatureAlgorithms.some((code) => code >> 8 === 0x04 || SHA_256_SCHEMES.includes(code))),
  },

  'offers-compression': { says: 'It offers TLS compression', find: (hello) => compression(hello) },
  'offers-compression-with-tls-1.3': {
    says: 'It offers TLS 1.3 along with TLS compression',
    find: (hello) => (offers13(hello) ? compression(hello) : null),
  },
  'lacks-extended-master-secret': {
    says: 'It offers TLS 1.2 without the extended master secret',
    find: (hello) => lacks(!offers12(hello) || hello.extendedMasterSecret),
  },
  'lacks-renegotiation-info': {
    says: 'It offers TLS 1.2 without renegotiation_info, and without the suite value that stands for it',
    find: (hello) => lacks(!offers12(hello) || hello.renegotiationInfo),
  },
  'offers-truncated-hmac': {
    says: 'It offers the truncated HMAC',
    find: (hello) => lacks(!hello.extensions.includes(TRUNCATED_HMAC)),
  },
  'offers-heartbeat': { says: 'It offers heartbeats', find: (hello) => lacks(!hello.extensions.includes(HEARTBEAT)) },
  'offers-fallback-scsv': {
    says: 'It says that it has fallen back to a lower version (TLS_FALLBACK_SCSV), and has not',
    find: (hello, { highest }) => lacks(!hello.cipherSuites.includes(FALLBACK_SCSV) || highestOf(hello) < highest),
  },

  'sends-no-server-name': {
    says: 'It sends no server name (SNI)',
    find: ({ serverName }, { domain }) => lacks(serverName !== null || isAddress(domain)),
  },
  'sends-other-server-name': {
    says: 'It sends another server name (SNI) than the domain of the JID',
    find: ({ serverName }, { domain }) =>
      serverName === null || serverName.replace(/\.$/, '').toLowerCase() === domain.toLowerCase() ? null : [serverName],
  },
  'sends-ip-as-server-name': {
    says: 'It sends an IP address as server name (SNI)',
    find: ({ serverName }) => (serverName !== null && isAddress(serverName) ? [serverName] : null),
  },
  'sends-malformed-server-name': {
    says: 'The server name (SNI) that it sends is no host name in ASCII without a dot at its end',
    find: ({ serverName }) =>
      serverName === null || isAddress(serverName) || HOST_NAME.test(serverName) ? null : [serverName],
  },
  'offers-no-alpn': { says: 'It sends no ALPN', find: ({ alpn }) => lacks(alpn.length > 0) },
  'offers-other-alpn': {
    says: 'It sends ALPN without xmpp-client',
    find: ({ alpn }) => (alpn.length === 0 || alpn.includes('xmpp-client') ? null : alpn),
  },
};

const TRUNCATED_HMAC = 4;
const SIGNATURE_ALGORITHMS = 13;
const HEARTBEAT = 15;
const ENCRYPT_THEN_MAC = 22;
const SUPPORTED_VERSIONS = 43;
const FALLBACK_SCSV = 0x5600;
const SECP256R1 = 23;
const X25519 = 29;

/** RFC 9325, section 4.2. */
const RECOMMENDED = [0xc02b, 0xc02c, 0xc02f, 0xc030];

/** Beside those of TLS 1.2, whose first octet is 4: RSA-PSS and brainpool of TLS 1.3. */
const SHA_256_SCHEMES = [0x0804, 0x0809, 0x081a];

/** RFC 8446, section 4.2.7. */
const isObsolete = (code: number) =>
  (code >= 1 && code <= 0x16) || (code >= 0x1a && code <= 0x1c) || code === 0xff01 || code === 0xff02;

const HOST_NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;
const isAddress = (name: string) => /^\d+(\.\d+){3}$|:/.test(name);

const some = (names: string[]) => (names.length > 0 ? names : null);
const lacks = (well: boolean): string[] | null => (well ? null : []);

export const highestOf = ({ versions }: ClientHello) => Math.max(0, ...versions);
const offers13 = ({ versions }: ClientHello) => versions.some((code) => code >= TLS_1_3);
/** Or older: what binds clients of TLS 1.2 binds those, too. */
const offers12 = ({ versions }: ClientHello) => versions.some((code) => code <= TLS_1_2);

/** Without `supported_versions` a client names its highest version only: it may well refuse those below. */
function version(code: number): HelloRule['find'] {
  return ({ extensions, versions, legacyVersion }) => {
    const named = extensions.includes(SUPPORTED_VERSIONS) ? versions : [legacyVersion];
    return named.includes(code) ? [versionName(code)] : null;
  };
}

function suites(pattern: RegExp) {
  return ({ cipherSuites }: ClientHello) =>
    some(cipherSuites.map(cipherSuiteName).filter((name) => pattern.test(name)));
}

function groups(isMeant: (code: number) => boolean) {
  return (hello: ClientHello) => some(hello.groups.filter(isMeant).map(groupName));
}

/** By the hash, the first octet in TLS 1.2. */
function schemes({ signatureAlgorithms }: ClientHello, hashes: number[]): string[] | null {
  return some(signatureAlgorithms.filter((code) => hashes.includes(code >> 8)).map(signatureSchemeName));
}

function compression({ compressionMethods }: ClientHello): string[] | null {
  const methods = compressionMethods.filter((method) => method !== 0);
  return some(methods.map((method) => (method === 1 ? 'DEFLATE' : method === 64 ? 'LZS' : `method ${method}`)));
}
