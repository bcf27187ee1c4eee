/** Privacy and human factors: what a client says of itself and of its user. */
export const claimsFaults = {
  'privacy-from': 'sends its full JID in the stream header in clear',
  'claims-online': 'says that it is online where it was refused',
  'claims-other-tls': 'names a TLS version that was not negotiated',
  'claims-other-certificate': 'names a certificate that it was not shown',
  'claims-other-verification': 'says that DANE verified the certificate',
  'claims-certificate-unchanged': 'says that the certificate is the same as before, always',
  'claims-certificate-changed': 'says that the certificate has changed, always',
} as const satisfies Record<string, string>;
