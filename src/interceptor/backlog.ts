/** Finds out that nothing is waiting to be accepted any more. */
import { connect, type Server, type Socket } from 'node:net';

export interface Backlog {
  /** Settles once everything that was waiting has been accepted; never rejects. */
  probe(server: Server): Promise<void>;
  /** Calls `accept` for a connection that is not one of our probes. */
  sift(socket: Socket, accept: () => void): void;
}

/**
 * Connections are accepted in the order in which they were made: one of our own, made now, comes after all others. It
 * is told from a client by its local port, which may become known only after it was accepted.
 */
export function createBacklog(): Backlog {
  const connecting = new Set<Promise<void>>();
  const ports = new Set<number>();

  return {
    probe(server) {
      const bound = server.address();
      if (typeof bound !== 'object' || bound === null) return Promise.resolve();
      const probe = connect({ port: bound.port, host: bound.address });
      const known = new Promise<void>((resolve) => {
        probe.once('connect', () => {
          if (probe.localPort !== undefined) ports.add(probe.localPort);
          resolve();
        });
        probe.once('error', () => resolve());
      });
      connecting.add(known);
      known.then(() => connecting.delete(known));
      // The listener closes it, see `sift`.
      probe.resume();
      return new Promise((resolve) => probe.once('close', () => resolve()));
    },
    sift(socket, accept) {
      // A reset may come before anybody else listens for it.
      socket.on('error', () => undefined);
      if (connecting.size === 0 && ports.size === 0) return accept();
      Promise.all(connecting).then(() => {
        if (socket.remotePort !== undefined && ports.delete(socket.remotePort)) socket.destroy();
        else accept();
      });
    },
  };
}
