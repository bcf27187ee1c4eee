/**
 * The named faults of the reference client. Each is one thing that a real client was seen, or can be imagined, to do
 * wrong; a scenario's `caught-by` names those that it must expose. Against a good server every one of them logs in.
 */
export const faults = {
  // Stripping: what it makes of the features in clear
  'continues-in-clear': 'logs in in clear, in whatever way is offered, when starttls is not offered',
  'optional-when-not-required': 'takes starttls only where it is marked required, else logs in in clear',
  'sasl-before-tls': 'takes SASL mechanisms in clear even next to starttls and required',
  'iq-auth-in-clear': 'uses jabber:iq:auth in clear where it is offered, even next to starttls and required',
  'sasl2-in-clear': 'uses SASL2 in clear where it is offered, even next to starttls and required',
  'plain-in-clear': 'never sends SCRAM in clear, but PLAIN when starttls is not offered and PLAIN is all there is',
  'local-name-starttls':
    'finds starttls by local name only: where its namespace is wrong it negotiates nothing and logs in in clear',
  'mechanisms-first':
    'acts on SASL mechanisms as soon as they are parsed: in clear where no starttls stands before them',
  'races-features':
    'logs in in clear with the mechanisms of features that have come so far, where a pause comes before starttls',
  'last-features-win': 'follows a second features element in clear, which comes at once and has no starttls',
  'empty-features-complete': 'takes empty features as the end of the negotiation and sends a stanza in clear',
  'binds-in-clear': 'binds a resource in clear where bind is offered',
  'registers-in-clear': 'registers in clear where in-band registration is offered',
  'compresses-in-clear': 'asks for stream compression in clear where it is offered',
  'resumes-in-clear': 'asks to resume a session in clear where stream management is offered',
  deterred: 'closes when starttls is not offered, instead of asking for it',
  // Header
  'features-timeout-in-clear': 'logs in with jabber:iq:auth in clear when no features come in time',
  'legacy-header-in-clear':
    'takes a stream of version 0.9, or of none, for a pre-1.0 server and logs in with jabber:iq:auth in clear',
  'version-above-one-in-clear': 'takes an unknown version for a server without features and logs in in clear',
  'banner-in-clear': 'ignores what comes before the stream header and then logs in in clear',
  'bad-stream-in-clear':
    'logs in with jabber:iq:auth in clear after XML that it cannot read, or a header in another namespace',
  // Reply
  'failure-in-clear': 'goes on in clear after a failure of starttls',
  'any-reply-in-clear': 'takes any other answer to starttls for a refusal and goes on in clear',
  'stream-error-in-clear': 'goes on in clear after a stream error',
  'no-reply-in-clear': 'goes on in clear when no answer to starttls comes',
  'proceed-by-local-name': 'takes any proceed element for the answer and starts TLS without checking its namespace',
  'unsolicited-proceed': 'takes a proceed that it did not ask for as the end of the upgrade, and logs in in clear',
  'follows-redirect': 'follows a see-other-host in clear, also one behind proceed, and verifies no name there',
  // Injection
  'keeps-buffer': 'feeds what followed proceed in clear to the stream inside TLS',
  'keeps-stanzas': 'keeps a stanza that came in clear before proceed, and answers it after the login inside TLS',
  'answers-in-clear': 'answers an iq in clear',
  'keeps-features': 'uses the SASL mechanisms from before TLS inside TLS, where there were any',
  'keeps-stream': 'goes on with the stream from before TLS, without a new header, where it offered SASL mechanisms',
  'starttls-again': 'asks for starttls inside TLS when it is offered there',
  'early-success': 'takes a success that it did not ask for as a login, also one that followed proceed in clear',
  'newline-after-starttls': 'sends a newline after starttls',
  // TLS
  'tls-1.0': 'accepts TLS 1.0',
  'tls-1.1': 'accepts TLS 1.1',
  anonymous: 'accepts anonymous key exchange',
  'null-suite': 'accepts a suite without encryption',
  'ignores-tls-errors': 'goes on with the key exchange where its TLS has found something wrong',
  'ignores-tls-alerts': 'goes on with the handshake after an alert, also a fatal one',
  'ignores-unknown-records': 'passes over records of a type that it does not know',
  'ignores-early-change-cipher-spec': 'passes over a change_cipher_spec that comes before the keys',
  'answers-heartbeats': 'answers a heartbeat that was never agreed on',
  'takes-long-records': 'takes records that are longer than TLS allows',
  'no-renegotiation-info': 'needs no renegotiation_info of a server',
  'no-tls-in-clear': 'goes on in clear when XML comes where TLS should begin',
  // Fallback: a further connection, within one login
  'alert-in-clear': 'reconnects without TLS after an alert, or another error, in the TLS handshake',
  'reset-in-clear': 'reconnects without TLS after a connection that was reset or closed before TLS was up',
  'stall-in-clear': 'reconnects without TLS when the TLS handshake stalls',
  'lower-version-on-retry': 'retries with a lower TLS version, down to 1.0, after a failed TLS handshake',
  'falls-back-to-clear': 'after any failed connection logs in in clear on the next one',
  'clear-on-reconnect': 'after a good login and a lost connection logs in in clear when starttls is not offered',
  'verifies-once': 'verifies the certificate on its first login only, and none after that',
  // Certificates
  'trusts-any': 'verifies nothing',
  'trusts-any-chain': 'checks names, dates and usage, but not who signed',
  'trusts-self-signed': 'accepts a self-signed certificate for the right name',
  'skips-name': 'checks the chain, but no name',
  'name-is-dialled': 'takes a certificate for the address that it dialled, too',
  'name-is-header-from': "takes a certificate for the 'from' of the stream header in clear, too",
  'name-suffix': 'takes a name that ends with the domain, or that the domain ends with, for a match',
  'name-prefix': 'takes a name that begins with the domain for a match',
  'name-sibling': 'compares only what stands behind the first label',
  'name-cn': 'takes the common name where it is right, whatever the subjectAltName says',
  'name-nul': 'ends a name, also the common name, at a NUL octet',
  'name-localpart': 'takes a certificate for the localpart of its JID',
  'name-list': 'prints the names with commas between, and looks for the domain in that list',
  'name-printed-subject': 'prints the subject, and takes what follows CN= in it',
  'name-trailing-dot': 'ignores a dot at the end of a name in a certificate',
  'name-raw-unicode': 'takes U-labels in a certificate for the A-labels that they stand for',
  'name-accents': 'compares names without their accents',
  'name-ip-as-text': 'takes an address that is written out as a DNS-ID',
  'name-gives-up': 'accepts a certificate with too many names to look through',
  'name-wildcard-deep': 'lets a wildcard stand for several labels, or none',
  'name-wildcard-anywhere': 'takes a wildcard in any place, in part of a label, or alone',
  'name-srv-any-service': 'takes an SRV-ID of any service',
  'name-srv-any-domain': 'takes an SRV-ID of the right service for any domain',
  'name-srv-wildcard': 'takes a wildcard in an SRV-ID',
  'name-xmpp-any-domain': 'takes an XmppAddr of any domain',
  'name-xmpp-user': "takes the domain of a user's XmppAddr",
  'name-any-san': 'takes a name of any other kind, such as a URI, that holds the domain',
  'skips-dates': 'ignores the validity period',
  'skips-usage': 'ignores the extended key usage',
  'skips-basic-constraints': 'takes any certificate as a CA',
  'skips-signature': 'does not verify signatures, only that issuer names match',
  'completes-chain': 'accepts a chain with a missing intermediate',
  // Privacy and human factors
  'privacy-from': 'sends its full JID in the stream header in clear',
  'claims-online': 'says that it is online where it was refused',
  // Interop: a correct client accepts these, the faulty one refuses
  'no-prefix': 'does not understand a namespace prefix',
  'no-prolog': 'needs an XML declaration before the stream header',
  'prolog-exact': 'knows the XML declaration in one spelling only',
  'needs-required': 'closes when starttls is not marked as required',
  'needs-whole-elements': 'needs each element in one segment',
  'one-element-per-segment': 'loses, inside TLS, what follows the stream header in the same record',
  'no-fragments': 'takes no handshake message that goes on in a further record',
  'one-message-per-record': 'takes no handshake record with more than one message',
  'record-version-exact': 'takes no record with another version than TLS 1.2 in its header',
  'one-change-cipher-spec': 'takes one change_cipher_spec and no more',
  'warnings-are-fatal': 'gives up after a warning',
  'no-hello-request': 'gives up after a HelloRequest during the handshake',
  'tls-1.3-only': 'speaks no TLS 1.2',
  'tls-1.2-only': 'speaks no TLS 1.3',
  'no-wildcard': 'takes no wildcard certificate',
  'no-srv-id': 'takes a certificate with an SRV-ID for invalid',
  'no-xmpp-addr': 'takes a certificate with an XmppAddr for invalid',
  'no-many-names': 'takes no certificate with more than a hundred names',
  'no-empty-subject': 'takes no certificate without a subject',
  'no-idn': 'looks for U-labels in certificates, and finds none',
  'no-ip-id': 'finds no address in a certificate',
  'name-case': 'takes no name with capital letters',
  'name-cn-only': 'reads the common name and no other',
  'no-rsa': 'takes no RSA certificate',
  'no-ecdsa-in-tls-1.2': 'takes no ECDSA certificate in TLS 1.2',
  'no-intermediate': 'takes no certificate behind an intermediate CA',
} as const satisfies Record<string, string>;

export type Fault = keyof typeof faults;

export type Has = (fault: Fault) => boolean;

/** What a table has for the faults that are switched on, in its order. */
export function switchedOn<T>(table: Partial<Record<Fault, T>>, has: Has): T[] {
  return (Object.entries(table) as [Fault, T][]).flatMap(([fault, row]) => (has(fault) ? [row] : []));
}
