/** Resumption, and stapled OCSP responses. */
export const resumptionFaults = {
  'keeps-rejected-session':
    'keeps the session of a connection whose certificate it refused, and verifies nothing where it is resumed',
  'offered-is-verified': 'verifies no certificate where it has offered a session, resumed or not',
  'session-for-any-name': 'follows a redirect under the name that it dials, and offers the session of its domain there',
  'resumes-without-ems': 'offers to resume a session of TLS 1.2 without extended master secret',
  'early-data': 'sends early data on its second connection',
  'ignores-staple': 'does not look at a stapled OCSP response',
  'staple-any-signer': 'does not verify the signature of a stapled OCSP response',
  'staple-any-certificate': 'takes an OCSP response for another certificate',
  'staple-any-time': 'takes an OCSP response that has expired',
  'ignores-must-staple': 'does not miss the staple that a certificate demands',
} as const satisfies Record<string, string>;
