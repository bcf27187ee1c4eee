import type { DriverTemplate } from './index.ts';

export const shell: DriverTemplate = {
  library: 'go-sendxmpp',
  file: 'xmpp-driver.sh',
  mode: 0o755,
  prepare: null,
  command: (file) => `sh ${file}`,
  text: `#!/bin/sh
# Tries to log in as told, and exits with 0 if that worked. Put your client in the place of go-sendxmpp.
[ "$XMPP_SESSION" = once ] || exit 77 # "I cannot do this": scenarios that need more are skipped.
[ "$XMPP_TLS" = starttls ] || direct=--tls

# The CA to trust is in the file XMPP_CA_FILE; Go, OpenSSL and others also read SSL_CERT_FILE, which Mallory sets.
echo hello | go-sendxmpp $direct -u "$XMPP_JID" -p "$XMPP_PASSWORD" -j "$XMPP_HOST:$XMPP_PORT" "$XMPP_JID"
`,
};
