/**
 * What a SASL mechanism is, seen from the server: messages of the client in, steps out. No XML, no base 64, no sockets,
 * so that one exchange serves both profiles, RFC 6120 and SASL2 (XEP-0388).
 */
import type { ChannelBindingData } from './channel-bindings.ts';

/** The only account of a server. Keys derived from it are kept as long as the object: use the same one for every login. */
export interface Account {
  readonly localpart: string;
  readonly domain: string;
  readonly password: string;
  /** SHA-256 of the client's certificate, in hexadecimal digits; absent: it has none. */
  readonly certificate?: string | undefined;
}

/** RFC 6120, section 6.5: all that it defines, for the profile needs those that no mechanism reports. */
export type FailureCondition =
  | 'aborted'
  | 'account-disabled'
  | 'credentials-expired'
  | 'encryption-required'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'mechanism-too-weak'
  | 'not-authorized'
  | 'temporary-auth-failure';

/** `text` is for humans. SCRAM puts the `server-error-value` of RFC 5802, section 7 there and never sends `e=`. */
export interface Failure {
  type: 'failure';
  condition: FailureCondition;
  text: string;
}

export type Step =
  /** Without octets where a client sent no initial response (RFC 4422, section 3). */
  | { type: 'challenge'; data: Buffer }
  /**
   * `data`: additional data with success, or null where the mechanism has none. `user`: the account's localpart,
   * whatever spelling the client used. `authzid`: the account's bare JID if the client asked for it, else null.
   */
  | { type: 'success'; data: Buffer | null; user: string; authzid: string | null }
  | Failure;

/** One authentication. It ends with the first step that is no challenge; whatever follows is a `malformed-request`. */
export interface Exchange {
  /**
   * Takes the client's next message, decoded from base 64; `null` is an absent initial response, an empty buffer is one
   * of zero length (`=` in RFC 6120, section 6.4.2). Never throws, whatever the client sent.
   */
  respond(message: Buffer | null): Step;
}

/** What a mechanism has to know of the stream and of the server's settings. */
export interface SaslContext {
  /** The mechanisms that this server offered on this stream, before anyone tampered with them. */
  offered: readonly string[];
  /** Null outside TLS. */
  channelBinding: ChannelBindingData | null;
  /** The client has presented the account's certificate in TLS. Default: false. */
  certified?: boolean | undefined;
  /** What XEP-0474 protects: the mechanisms and channel-binding types (null: no list) of the features. Default: nothing. */
  protects?: { mechanisms: readonly string[]; types: readonly string[] | null } | undefined;
  /** SCRAM's iteration count, at least 1; 4096 by default (RFC 7677, section 4). See `ITERATIONS_COMPUTED`. */
  iterations?: number | undefined;
  /** SCRAM's salt; by default 16 random octets that stay the same for an account and hash. */
  salt?: Buffer | undefined;
  /** The server's part of SCRAM's nonce, printable ASCII without comma; by default random, as it has to be. */
  serverNonce?: string | undefined;
}

/** Begins an exchange: what it returns answers each message of the client, already bounded and well-formed UTF-8. */
export type Mechanism = (account: Account, context: SaslContext) => (message: string) => Step;

export function failure(condition: FailureCondition, text: string): Failure {
  return { type: 'failure', condition, text };
}

export function isFailure(value: object): value is Failure {
  return 'type' in value && value.type === 'failure';
}
