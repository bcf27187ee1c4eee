/** Mallory comes to a server that is not what it should be: a socket that says what the test has it say. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test from 'ava';
import { callServer } from '../../../src/services/call.ts';
import { createTranscript } from '../../../src/transcript.ts';

const HEADER =
  "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' xmlns:db='jabber:server:dialback' id='1' version='1.0'><stream:features/>";

async function called(t: { teardown(end: () => void): void }, behaves: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => behaves(socket));
  }).listen(0, '127.0.0.1');
  t.teardown(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const transcript = createTranscript();
  const controller = new AbortController();
  const over = callServer({
    ...{ host: '127.0.0.1', port, connection: 1, transcript, from: 'far.example', to: 'own.example' },
    ...{ how: 'key', key: 'key', second: 'far.example', id: 'id', signal: controller.signal },
  });
  return { over, controller, transcript };
}

test('a server that says something again and again does not hold her when nobody waits any more', async (t) => {
  const { over, controller, transcript } = await called(t, (socket) => {
    socket.write(HEADER);
    const more = setInterval(() => socket.write('<presence/>'), 5);
    socket.once('close', () => clearInterval(more));
  });
  let heard = 0;
  transcript.subscribe((o) => {
    if (o.layer !== 'xmpp' || o.type !== 'element' || o.name !== 'presence') return;
    heard += 1;
    if (heard === 3) controller.abort();
  });
  await over;
  t.is(heard, 3);
  t.like(transcript.observations.at(-1), { layer: 'tcp', type: 'closed', from: 'mallory' });
});

test('a server that closes ends it', async (t) => {
  const { over, transcript } = await called(t, (socket) => socket.end(`${HEADER}</stream:stream>`));
  await over;
  t.like(transcript.observations.at(-1), { layer: 'tcp', type: 'closed', from: 'client' });
});
