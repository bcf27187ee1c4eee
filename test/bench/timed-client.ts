/** A client for `overhead`: one login as told, and with the claim how long the process has lived. */
import { readFileSync, writeSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { logIn } from './login-client.ts';

const {
  XMPP_HOST = '',
  XMPP_PORT,
  XMPP_DOMAIN = '',
  XMPP_JID = '',
  XMPP_PASSWORD = '',
  XMPP_CA_FILE = '',
} = process.env;

const online = await logIn({
  host: XMPP_HOST,
  port: Number(XMPP_PORT),
  domain: XMPP_DOMAIN,
  localpart: XMPP_JID.slice(0, XMPP_JID.indexOf('@')),
  password: XMPP_PASSWORD,
  context: createSecureContext({ ca: readFileSync(XMPP_CA_FILE) }),
}).then(
  () => true,
  () => false,
);
// `performance` counts from the start of the process. What its end takes is not in it, and so counts against the harness.
const claim = { result: online ? 'online' : 'refused', reason: String(performance.now()) };
writeSync(1, `${JSON.stringify(claim)}\n`);
process.exit(online ? 0 : 1);
