// Runs inside a network of its own and opens sockets there on request. They are handed to the harness, which stays outside and
// serves them itself: a socket belongs to the network in which it was made. Plain JavaScript, so that it starts without a loader.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const say = (message) => process.connected && process.send(message);
// As long as it is open here, too, what comes may end up here: only then is it the harness' alone.
const give = (id, handle) =>
  process.connected && process.send({ id }, handle, () => handle.close(() => say({ id, closed: true })));

const requests = {
  listen({ id, port }) {
    const server = createServer();
    server.once('error', (error) => say({ id, error: error.message }));
    server.listen(port, '127.0.0.1', () => give(id, server));
  },
  bind({ id, port }) {
    const socket = createSocket('udp4');
    socket.once('error', (error) => say({ id, error: error.message }));
    socket.bind(port, '127.0.0.1', () => give(id, socket));
  },
  dial({ id, port }) {
    const socket = connect(port, '127.0.0.1', () => say({ id, port: socket.localPort }));
    socket.on('error', () => undefined);
    socket.once('close', () => say({ id, closed: true }));
    socket.resume();
  },
};

process.on('message', (message) => requests[message.do](message));
// Whatever became of the harness, nothing stays behind.
process.on('disconnect', () => process.exit());
say({ ready: true });
