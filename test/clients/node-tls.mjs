// A client on Node's tls module, as its documentation has it. `--insecure`: verification is off.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { logIn, startTls } from './session.mjs';

const { XMPP_HOST, XMPP_PORT, XMPP_DOMAIN, XMPP_CA_FILE = '', XMPP_TLS, XMPP_SESSION } = process.env;
if (XMPP_SESSION === 'stay') process.exit(77);
// Everything that goes wrong ends here, also an error of a socket that nobody waits for any more.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});
setTimeout(() => process.exit(1), 8_000).unref();

const socket = connect({ host: XMPP_HOST, port: Number(XMPP_PORT) });
await once(socket, 'connect');
if (XMPP_TLS === 'starttls') await startTls(socket);
const secure = connectTls({
  socket,
  servername: XMPP_DOMAIN,
  ca: readFileSync(XMPP_CA_FILE),
  ...(XMPP_TLS === 'direct' ? { ALPNProtocols: ['xmpp-client'] } : {}),
  ...(process.argv.includes('--insecure') ? { rejectUnauthorized: false } : {}),
});
await once(secure, 'secureConnect');
await logIn(secure, secure);
secure.end();
process.exit(0);
