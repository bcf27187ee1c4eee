/** Redirects: a correct client follows them inside TLS, five in a row. */
export const redirectsFaults = {
  'follows-no-redirect': 'follows no redirect, inside TLS either',
  'follows-endlessly': 'follows every redirect inside TLS, however many',
  'name-of-redirect': 'verifies, where a redirect inside TLS has led it, the name that the redirect had',
  'trusts-redirect': 'verifies nothing where a redirect inside TLS has led it',
  'to-of-redirect': 'asks, where a redirect has led it, for the host of the redirect instead of its domain',
  'clear-after-redirect': 'logs in in clear where a redirect inside TLS has led it, and starttls is not offered',
  'refused-in-clear': 'comes back in clear to where it was sent from, where the port of a redirect is closed',
  'redirect-clears-name': 'verifies no name any more after a redirect that it cannot read',
} as const satisfies Record<string, string>;
