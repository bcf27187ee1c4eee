/** What observations of all kinds have in common: who, how protected, with whom. */

/** What protects a byte: nothing, TLS, or TLS after a login. A login in clear leaves the phase `clear`. */
export type Phase = 'clear' | 'tls' | 'authenticated';

/** Who sits at Mallory's end of a TLS connection, by the credential it presented. Anonymous TLS is `untrusted`. */
export type Peer = 'honest' | 'untrusted' | 'weak' | 'trusted-mitm';

export type Transport = 'starttls' | 'direct';

/** RFC 6120, section 4.8.2: of streams between a client and its server, or between servers. */
export type ContentNamespace = 'jabber:client' | 'jabber:server';

export type Side = 'client' | 'mallory';

/** Why an element counts as credential phase (design, section 1). */
export type CredentialKind = 'sasl' | 'sasl2' | 'iq-auth' | 'register' | 'compress' | 'resume' | 'dialback' | 'stanza';

/** A canary found in bytes in clear, or on the way to a peer that is not honest. */
export interface SecretFound {
  secret: string;
  form: 'raw' | 'base64' | 'sasl';
}
