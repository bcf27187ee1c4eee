/** Injection: what a client takes in clear, and uses inside TLS. */
export const injectionFaults = {
  'keeps-buffer': 'feeds what followed proceed in clear to the stream inside TLS',
  'keeps-stanzas': 'keeps a stanza that came in clear before proceed, and answers it after the login inside TLS',
  'answers-in-clear': 'answers an iq in clear',
  'keeps-features': 'uses the SASL mechanisms from before TLS inside TLS, where there were any',
  'keeps-stream': 'goes on with the stream from before TLS, without a new header, where it offered SASL mechanisms',
  'starttls-again': 'asks for starttls inside TLS when it is offered there',
  'half-features': 'acts on features as soon as a mechanism is there, inside TLS, whether or not their end comes',
  'early-success': 'takes a success that it did not ask for as a login, also one that followed proceed in clear',
  'newline-after-starttls': 'sends a newline after starttls',
} as const satisfies Record<string, string>;
