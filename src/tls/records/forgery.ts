/**
 * What is forged: a server's handshake messages in clear, from ServerHello on, correct but for one thing. Data, as a
 * scenario file has it.
 */

/** Which correct flight it is that goes wrong. */
export interface FlightKind {
  /** Default: TLSv1.2. */
  flight?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** TLS 1.2: how the keys are agreed; default: ecdhe. `dhe` and `rsa` take an RSA credential. */
  exchange?: 'ecdhe' | 'dhe' | 'rsa' | undefined;
  /** For ECDHE, and for TLS 1.3. `secp256r1`: or P-384 or P-521, where it is not offered. Default: the first that is offered. */
  curve?: 'x25519' | 'secp256r1' | undefined;
}

/** The one thing. Numbers are code points. */
export interface Deviation {
  /** `server_version`; below TLS 1.2 all messages have the form of that version. */
  version?: number | undefined;
  /** `selected_version` of supported_versions, in TLS 1.2 also where there should be none. */
  'selected-version'?: number | undefined;
  /** `unoffered`: one of the right kind that is not in the ClientHello. */
  suite?: number | 'unoffered' | undefined;
  compression?: number | undefined;
  /** `too-long`: 33 octets. `not-echoed`: another one than TLS 1.3 wants back. */
  'session-id'?: 'too-long' | 'not-echoed' | undefined;
  /** One more extension in the ServerHello. */
  extension?: ExtensionToAdd | undefined;
  /** One more in the EncryptedExtensions of TLS 1.3. */
  'encrypted-extension'?: ExtensionToAdd | undefined;
  'renegotiation-info'?: 'missing' | 'not-empty' | undefined;
  /** The end of the random says that a better version was possible (RFC 8446, section 4.1.3). */
  sentinel?: 'TLSv1.2' | 'TLSv1.1' | undefined;
  /** `unoffered`: a group that is not in the ClientHello. */
  group?: 'unoffered' | undefined;
  /** The public value of ECDHE. */
  point?: 'off-curve' | 'zero' | 'infinity' | 'short' | undefined;
  /** The parameters of DHE. */
  dh?: keyof typeof DH_DEVIATIONS | undefined;
  /** A ServerKeyExchange with an RSA key of 512 bits (FREAK). */
  'export-key'?: true | undefined;
  signature?: 'corrupt' | 'empty' | 'other-key' | 'other-randoms' | 'other-context' | 'unoffered' | 'sha1' | undefined;
  /** TLS 1.3: the server's own Finished. */
  finished?: 'corrupt' | undefined;
  omit?: 'certificate' | 'server-key-exchange' | 'certificate-verify' | undefined;
  /** `garbage`: octets that are no DER. `trailing`: the leaf, and octets behind its DER. */
  certificate?: 'empty' | 'garbage' | 'truncated' | 'trailing' | undefined;
  /** A HelloRetryRequest instead, or before. `correct` deviates in nothing. */
  retry?: keyof typeof RETRIES | undefined;
  /** The server's answer in the format of SSL 2.0, with all that this version wants. */
  'ssl-2'?: true | undefined;
}

export interface ExtensionToAdd {
  type: number;
  /** In hexadecimal digits; default: none. */
  data?: string | undefined;
  /** Default: 1. */
  times?: number | undefined;
  /** Only to a client that does, or does not, offer it; default: to all. */
  only?: 'offered' | 'unsolicited' | undefined;
}

export const DH_DEVIATIONS = {
  '512-bit': 'a prime of 512 bits',
  '768-bit': 'a prime of 768 bits',
  '1024-bit': 'a prime of 1024 bits',
  composite: 'a modulus of 2048 bits that is no prime',
  'g-1': 'the generator is 1',
  'y-0': 'the public value is 0',
  'y-1': 'the public value is 1',
  'y-p-1': 'the public value is p - 1, of order 2',
} as const;

export const RETRIES = {
  correct: 'asks for a group that the client offers without a key share',
  'same-group': 'asks for the group that the client has sent a key share for',
  'unoffered-group': 'asks for a group that the client does not offer',
  'unoffered-suite': 'selects a suite that the client does not offer',
  'no-change': 'asks for nothing that would change the ClientHello',
  twice: 'asks a second time',
  'other-suite': 'selects another suite than the ServerHello then does',
} as const;

export type Forgery = FlightKind & Deviation;

/** The same flight with nothing wrong in it. */
export function correctForgery({ flight, exchange, curve, retry }: Forgery): Forgery {
  return {
    ...(flight && { flight }),
    ...(exchange && { exchange }),
    ...(curve && { curve }),
    ...(retry && { retry: 'correct' }),
  };
}
