/** Why a handshake came to nothing, and through whom. */

export interface HandshakeFailure {
  from: 'client' | 'mallory';
  /**
   * `alert`, `end`, `reset`: the client's doing. `not-offered`: the ClientHello has nothing in common with the plan, so
   * the attack was impossible. `protocol`: what the client sent is no proper TLS. `incapable`: this machine's OpenSSL
   * cannot do what the plan wants.
   */
  how: 'alert' | 'end' | 'reset' | 'not-offered' | 'protocol' | 'incapable';
  /** Node's code, such as `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA` or `ECONNRESET`; never to be judged by. */
  code: string;
  message: string;
}

/** Codes of our own OpenSSL, which then sent the alert. */
const NOT_OFFERED = new Set(
  [
    'NO_SHARED_CIPHER',
    'NO_SHARED_SIGNATURE_ALGORITHMS',
    'NO_SUITABLE_SIGNATURE_ALGORITHM',
    'NO_SUITABLE_KEY_SHARE',
    'NO_SUITABLE_GROUPS',
    'NO_APPLICATION_PROTOCOL',
    'UNSUPPORTED_PROTOCOL',
    'UNSUPPORTED_SSL_VERSION',
    'UNKNOWN_PROTOCOL',
    'VERSION_TOO_LOW',
    'VERSION_TOO_HIGH',
    'WRONG_SSL_VERSION',
    'INAPPROPRIATE_FALLBACK',
    'WRONG_CURVE',
  ].map((reason) => `ERR_SSL_${reason}`),
);

const GONE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** The client closed its side, or the whole connection, and said nothing. */
export const endedDuringHandshake: HandshakeFailure = {
  from: 'client',
  how: 'end',
  code: 'END',
  message: 'the connection ended during the handshake',
};

export function failureOf(error: Error): HandshakeFailure {
  const code = textOf(error, 'code') ?? 'UNKNOWN';
  // OpenSSL's own words; `message` also has a thread number and a path of the build machine.
  const message = textOf(error, 'reason') ?? error.message;
  if (GONE.has(code)) return { from: 'client', how: 'reset', code, message };
  // OpenSSL names what it received `SSLV3_ALERT_*`, `TLSV1_ALERT_*` and so on; what it sends has no such name.
  if (code.includes('_ALERT_')) return { from: 'client', how: 'alert', code, message };
  return { from: 'mallory', how: NOT_OFFERED.has(code) ? 'not-offered' : 'protocol', code, message };
}

export const incapable = (error: unknown): HandshakeFailure => ({
  ...failureOf(error instanceof Error ? error : new Error(String(error))),
  from: 'mallory',
  how: 'incapable',
});

function textOf(error: Error, property: 'code' | 'reason'): string | undefined {
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : undefined;
}
