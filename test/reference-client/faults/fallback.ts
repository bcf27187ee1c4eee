/** Fallback: what a client does where something has failed, or once it was online. */
export const fallbackFaults = {
  'no-tls-in-clear': 'goes on in clear when XML comes where TLS should begin',
  'failed-tls-in-clear': 'goes on in clear on the same connection when the TLS handshake has failed',
  // Fallback: a further connection, within one login
  'alert-in-clear': 'reconnects without TLS after an alert, or another error, in the TLS handshake',
  'reset-in-clear': 'reconnects without TLS after a connection that was reset or closed before TLS was up',
  'stall-in-clear': 'reconnects without TLS when the TLS handshake stalls',
  'tls-1.2-on-retry': 'retries with TLS 1.2 after a failed TLS handshake, and does not say so',
  'lower-version-on-retry': 'retries with a lower TLS version, down to 1.0, after a failed TLS handshake',
  'falls-back-to-clear': 'after any failed connection logs in in clear on the next one',
  'clear-on-reconnect': 'after a good login and a lost connection logs in in clear when starttls is not offered',
  'optional-on-reconnect': 'after a good login takes starttls only where it is marked required, else logs in in clear',
  'sasl-on-reconnect': 'after a good login takes SASL mechanisms in clear even next to starttls and required',
  'iq-auth-on-reconnect': 'after a good login uses jabber:iq:auth in clear where it is offered',
  'legacy-on-reconnect': 'after a good login takes a stream of no version for a pre-1.0 server, and logs in in clear',
  'failure-on-reconnect': 'after a good login goes on in clear after a failure of starttls',
  'keeps-buffer-on-reconnect': 'after a good login feeds what followed proceed in clear to the stream inside TLS',
  'tls-1.0-on-reconnect': 'after a good login accepts TLS 1.0',
  'remembers-shown-certificate': 'remembers each certificate that it was shown, and takes it where it comes again',
  'reconnects-at-once': 'comes back at once after each failure, time after time',
  'verifies-once': 'verifies the certificate on its first login only, and none after that',
} as const satisfies Record<string, string>;
