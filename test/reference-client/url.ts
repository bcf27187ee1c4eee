/** TXT records with URLs (XEP-0156 before 1.4): a correct client may read them, and has no other way in. All else is a fault. */
import type { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Endpoint } from '../../harness/client/client.ts';
import type { Has } from './faults.ts';

/** Milliseconds for an answer, whatever it is. */
const PATIENCE = 1_000;

export async function followUrl(resolver: Resolver, { domain, caFile }: Endpoint, has: Has): Promise<void> {
  const texts = await resolver.resolveTxt(`_xmppconnect.${domain}`).catch(() => []);
  const [, text = ''] = /^_xmpp-client-\w+=(.*)/.exec(texts[0]?.join('') ?? '') ?? [];
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return;
  const secure = /^(?:wss|https):$/.test(url.protocol);
  if (!has(secure ? 'url-names-host' : 'http-in-clear')) return;
  const [host = ''] = await resolver.resolve4(url.hostname).catch(() => []);
  const at = { host, port: Number(url.port) };
  const socket = secure ? connectTls({ ...at, servername: url.hostname, ca: readFileSync(caFile) }) : connect(at);
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.once(secure ? 'secureConnect' : 'connect', () =>
    socket.write(
      `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ),
  );
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
}
