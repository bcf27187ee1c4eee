/** Stripping: what a client makes of the features in clear, of a stream header, and of the answer to starttls. */
export const strippingFaults = {
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
} as const satisfies Record<string, string>;
