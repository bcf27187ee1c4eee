/**
 * A client that logs in as carelessly as it can, and then tells everybody: its output, its state directory and its claim
 * hold the password, each word that it sent or heard, and what these words are made of.
 */
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Endpoint } from '../../../harness/client/client.ts';
import { naiveClient } from '../../reference-client/naive.ts';

const { env } = process;
const password = String(env.XMPP_PASSWORD);
const words: string[] = [];

const { write, emit } = Socket.prototype;
Socket.prototype.write = function (this: Socket, chunk: string | Uint8Array, ...rest: unknown[]) {
  if (typeof chunk === 'string') words.push(chunk);
  return Reflect.apply(write, this, [chunk, ...rest]);
} as typeof write;
Socket.prototype.emit = function (this: Socket, event: string, ...rest: unknown[]) {
  if (event === 'data') words.push(String(rest[0]));
  return Reflect.apply(emit, this, [event, ...rest]);
} as typeof emit;

const endpoint: Endpoint = {
  ...{ host: String(env.XMPP_HOST), port: Number(env.XMPP_PORT), domain: String(env.XMPP_DOMAIN) },
  ...{
    jid: String(env.XMPP_JID),
    password,
    caFile: String(env.XMPP_CA_FILE),
    via: 'ip',
    certFile: null,
    keyFile: null,
  },
  tls: env.XMPP_TLS === 'direct' ? 'direct' : 'starttls',
  session: 'once',
  stateDir: String(env.XMPP_STATE_DIR),
};
const claim = await naiveClient(endpoint, AbortSignal.timeout(5_000));

/** What the elements hold, and what that says. */
const payloads = [...words.join('').matchAll(/>([A-Za-z0-9+/]{8,}={0,2})</g)].map(([, payload = '']) => payload);
const messages = payloads.map((payload) => Buffer.from(payload, 'base64').toString());
const parts = messages.flatMap((message) =>
  message.split(',').flatMap((part) => part.match(/^[spv]=(.{8,})/)?.[1] ?? []),
);
appendFileSync(
  String(env.LEAKS),
  `${[...payloads, ...messages, ...parts].map((one) => JSON.stringify(one)).join('\n')}\n`,
);

const secrets = [
  `password is ${password}`,
  JSON.stringify({ password }),
  encodeURIComponent(password),
  Buffer.from(password).toString('base64'),
  Buffer.from(`\0juliet\0${password}`).toString('base64url'),
  Buffer.from(password).toString('hex'),
  ...messages.map((message) => `scram: ${message}`),
  ...parts.map((part) => `computed ${part}`),
  ...words.map((word) => `wire: ${word}`),
  ...words.map((word) => `wire: ${JSON.stringify(word)}`),
];
const text = `${secrets.join('\n')}\n`;
mkdirSync(join(endpoint.stateDir, '.config', password.replaceAll('/', '_')), { recursive: true });
writeFileSync(join(endpoint.stateDir, '.config', 'account.txt'), `harmless words stay\n${text}`);
writeFileSync(join(endpoint.stateDir, '.config', password.replaceAll('/', '_'), 'x.txt'), 'x');
writeFileSync(join(endpoint.stateDir, 'store.bin'), Buffer.concat([Buffer.from([0, 255]), Buffer.from(text)]));
symlinkSync('/etc/passwd', join(endpoint.stateDir, 'link'));
process.stdout.write(text);
process.stderr.write(`${text}the last words: ${password}`);
console.log(JSON.stringify({ ...claim, reason: text.slice(0, 4_000) }));
process.exitCode = claim?.result === 'online' ? 0 : 1;
