/** Where queries come from: datagrams, and streams of messages with their length in front (RFC 1035, section 4.2). */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export type Over = 'udp' | 'tcp';

/** Bound and listening; whoever gets them closes them. */
export interface DnsSockets {
  udp: DatagramSocket;
  tcp: Server;
}

/** Settles with the reply to a message; null: there is none. */
export type Respond = (message: Buffer, over: Over) => Buffer | null;

/** So many TCP connections at a time, queries on each, and milliseconds between two of them (RFC 7766, section 6.2.3). */
const MOST_CONNECTIONS = 32;
const MOST_QUERIES = 256;
const PATIENCE = 10_000;
const TRIES = 20;

/**
 * The same port for both.
 *
 * @param port 0: any that is free
 * @throws Error if the address cannot be bound to
 */
export async function openDnsSockets(address = '127.0.0.1', port = 0): Promise<DnsSockets> {
  for (let tries = 1; ; tries += 1) {
    const tcp = createServer();
    tcp.listen(port, address);
    await once(tcp, 'listening');
    const bound = tcp.address();
    const udp = createSocket('udp4');
    try {
      udp.bind(typeof bound === 'object' && bound ? bound.port : port, address);
      await once(udp, 'listening');
      return { udp, tcp };
    } catch (error) {
      udp.close();
      tcp.close();
      if (port !== 0 || tries === TRIES) throw error;
    }
  }
}

/** Serves until it is told to stop; nothing that comes in makes it throw. */
export function serveDns({ udp, tcp }: DnsSockets, respond: Respond): () => Promise<void> {
  const connections = new Set<Socket>();
  udp.on('error', () => undefined);
  udp.on('message', (message, { port, address }) => {
    const reply = respond(message, 'udp');
    // A port of 0 can be forged, and makes send throw.
    if (reply && port > 0) udp.send(reply, port, address, () => undefined);
  });
  tcp.on('error', () => undefined);
  tcp.on('connection', (socket) => {
    socket.on('error', () => undefined);
    if (connections.size >= MOST_CONNECTIONS) return void socket.destroy();
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    serveStream(socket, respond);
  });
  return async () => {
    for (const socket of connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => udp.close(resolve)),
      new Promise<void>((resolve) => tcp.close(() => resolve())),
    ]);
  };
}

/** Several queries may come before the first answer; they are answered in order. */
function serveStream(socket: Socket, respond: Respond): void {
  let pending = Buffer.alloc(0);
  let queries = 0;
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const end = 2 + pending.readUInt16BE(0);
      if (pending.length < end) return;
      queries += 1;
      if (queries > MOST_QUERIES) return void socket.destroy();
      const reply = respond(pending.subarray(2, end), 'tcp');
      pending = pending.subarray(end);
      if (reply) socket.write(Buffer.concat([lengthOf(reply), reply]));
    }
  });
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}
