/** Finds out that nothing is waiting to be accepted any more. */
import { connect, type Server, type Socket } from 'node:net';

/** Connects to a listener. */
export type Dial = () => {
  /** Its own; undefined: it did not get through. */ port: Promise<number | undefined>;
  closed: Promise<unknown>;
};

export interface Backlog {
  /** Settles once everything that was waiting has been accepted; never rejects. */
  probe(dial: Dial): Promise<void>;
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
    async probe(dial) {
      const { port, closed } = dial();
      const known = port.then((number) => void (number !== undefined && ports.add(number)));
      connecting.add(known);
      known.then(() => connecting.delete(known));
      await closed;
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

/** From this process; the listener closes the connection, see `sift`. */
export function dialTo(server: Server): Dial {
  return () => {
    const bound = server.address();
    if (typeof bound !== 'object' || bound === null)
      return { port: Promise.resolve(undefined), closed: Promise.resolve() };
    const probe = connect({ port: bound.port, host: bound.address });
    probe.resume();
    return {
      port: new Promise((resolve) => {
        probe.once('connect', () => resolve(probe.localPort));
        probe.once('error', () => resolve(undefined));
      }),
      closed: new Promise((resolve) => probe.once('close', resolve)),
    };
  };
}
