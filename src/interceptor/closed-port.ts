/** A port that refuses connections, and that nobody else gets meanwhile. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface ClosedPort {
  port: number;
  release(): void;
}

/** The local port of a connection of our own: it is taken, and nobody listens there. */
export async function takeClosedPort(address: string): Promise<ClosedPort> {
  const server = createServer();
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  const accepted = once(server, 'connection');
  const near = connect({ host: address, port: typeof bound === 'object' && bound ? bound.port : 0 });
  await once(near, 'connect');
  const [far] = (await accepted) as [Socket];
  server.close();
  // Nothing of this keeps a process alive.
  for (const socket of [near, far]) socket.on('error', () => undefined).unref();
  const { localPort: port = 0 } = near;
  return {
    port,
    release() {
      // A reset leaves no port behind in TIME-WAIT.
      near.resetAndDestroy();
      far.destroy();
    },
  };
}
