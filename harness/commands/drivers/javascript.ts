import type { DriverTemplate } from './index.ts';

export const javascript: DriverTemplate = {
  library: '@xmpp/client',
  file: 'xmpp-driver.mjs',
  mode: 0o644,
  prepare: 'npm install @xmpp/client',
  command: (file) => `node ${file}`,
  text: `// Tries to log in as told, and exits with 0 if that worked. Put your client in the place of @xmpp/client.
import { client } from '@xmpp/client';

const { XMPP_HOST, XMPP_PORT, XMPP_DOMAIN, XMPP_JID, XMPP_PASSWORD, XMPP_TLS, XMPP_SESSION } = process.env;
if (XMPP_SESSION === 'stay') process.exit(77); // "I cannot do this": scenarios that need it are skipped.

// The CA to trust comes by NODE_EXTRA_CA_CERTS, which Mallory sets; others read the file XMPP_CA_FILE.
const xmpp = client({
  service: \`\${XMPP_TLS === 'direct' ? 'xmpps' : 'xmpp'}://\${XMPP_HOST}:\${XMPP_PORT}\`,
  domain: XMPP_DOMAIN,
  username: XMPP_JID.split('@')[0],
  password: XMPP_PASSWORD,
});
const end = (status, reason) => { console.error(String(reason)); process.exit(status); };
xmpp.on('error', (error) => end(1, error));
xmpp.on('online', (jid) => end(0, jid));
setTimeout(end, 8000, 1, 'nothing happens');
xmpp.start().catch((error) => end(1, error));
`,
};
