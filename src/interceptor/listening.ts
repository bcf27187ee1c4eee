/** The ports of an interceptor: taken from the system, and held beyond the session. */
import { createServer, type Server } from 'node:net';
import { type Dial, dialTo } from './backlog.ts';
import type { ClosedPort } from './closed-port.ts';

/** A server that is listening already, and how to connect to it. */
export interface Listener {
  server: Server;
  dial: Dial;
}

/** @param port 0: the system chooses. */
export function listenHere(address: string, port = 0): Promise<Listener> {
  const server = createServer({ noDelay: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      // Node reports a failed accept (no file handle left) here; the client then sees a connection that never answers.
      server.on('error', () => undefined);
      resolve({ server, dial: dialTo(server) });
    });
  });
}

/** Knows nothing of the session that was: many of these live until the end of a run, and transcripts are large. */
export function holdPorts(servers: Server[], closed: ClosedPort[]): () => Promise<void> {
  for (const server of servers) {
    server.removeAllListeners('connection');
    server.on('connection', (socket) => socket.destroy());
  }
  return async () => {
    for (const one of closed) one.release();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
}
