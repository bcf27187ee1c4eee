// A client on a command-line tool: `tool.mjs openssl|gnutls [--insecure]`. It does STARTTLS, TLS and verification.
import { spawn } from 'node:child_process';
import { logIn } from './session.mjs';

const { XMPP_HOST = '', XMPP_PORT = '', XMPP_DOMAIN = '', XMPP_CA_FILE = '', XMPP_TLS, XMPP_SESSION } = process.env;
if (XMPP_SESSION === 'stay') process.exit(77);
const [tool, insecure] = [process.argv[2], process.argv.includes('--insecure')];
const starttls = XMPP_TLS === 'starttls';

const COMMANDS = {
  openssl: [
    'openssl',
    ...['s_client', '-quiet', '-connect', `${XMPP_HOST}:${XMPP_PORT}`, '-servername', XMPP_DOMAIN],
    ...(starttls ? ['-starttls', 'xmpp', '-xmpphost', XMPP_DOMAIN] : ['-alpn', 'xmpp-client']),
    ...['-CAfile', XMPP_CA_FILE, '-no-CApath', '-no-CAstore'],
    ...(insecure ? [] : ['-verify_return_error', '-verify_hostname', XMPP_DOMAIN]),
  ],
  gnutls: [
    'gnutls-cli',
    ...['--logfile=/dev/null', '--port', XMPP_PORT, '--sni-hostname', XMPP_DOMAIN, '--x509cafile', XMPP_CA_FILE],
    ...(starttls ? ['--starttls-proto=xmpp'] : ['--alpn', 'xmpp-client']),
    ...(insecure ? ['--insecure'] : ['--verify-hostname', XMPP_DOMAIN]),
    XMPP_HOST,
  ],
};
const [program = '', ...words] = COMMANDS[tool];
const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
child.stdin.on('error', () => undefined);
const leave = (status) => {
  child.kill();
  process.exit(status);
};
setTimeout(() => leave(1), 8_000).unref();
try {
  await logIn(child.stdout, child.stdin);
  leave(0);
} catch (error) {
  console.error(error.message);
  leave(1);
}
