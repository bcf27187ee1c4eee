/** A network namespace with nothing in it but a loopback interface, and sockets in it that are served from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Server } from 'node:net';
import type { Listener } from '../../src/interceptor/listening.ts';
import { shippedFile } from './shipped.ts';

export interface Network {
  /** Words before a command that is to run there. */
  entry: string[];
  /** Listens at 127.0.0.1. Port 0: the system chooses. */
  listen(port: number): Promise<Listener>;
  /** The same for UDP. */
  bind(port: number): Promise<Socket>;
  alive(): boolean;
  /** Ends it, once nobody is in it any more. */
  close(): void;
}

/** Without root: in a user namespace in which one is root. */
export type Privilege = 'root' | 'user-namespace';

interface Answer {
  id?: number;
  ready?: true;
  error?: string;
  port?: number;
  closed?: true;
}

/** @throws Error with what the tools say, where it cannot be made. */
export async function openNetwork(privilege: Privilege): Promise<Network> {
  const user = privilege === 'root' ? [] : ['--user', '--map-root-user'];
  const inside = ['sh', '-c', SET_UP, 'sh', process.execPath, shippedFile('gate.mjs')];
  // Detached: Ctrl-C is for the harness alone. What NODE_OPTIONS would load is none of the gate's business.
  const gate = spawn('unshare', [...user, '--net', '--', ...inside], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
    detached: true,
  });
  let complaint = '';
  gate.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-1_000)));
  const failed = ended(gate);
  await Promise.race([once(gate, 'message'), failed.then((why) => Promise.reject(new Error(complaint.trim() || why)))]);
  const ask = asking(gate, failed);

  return {
    entry: ['nsenter', '--target', String(gate.pid), ...entered(privilege), '--net', '--'],
    async listen(port) {
      const server = (await ask({ do: 'listen', port }, isClosed)).handle as Server;
      // A failed accept: the client sees a connection that never answers.
      server.on('error', () => undefined);
      server.on('connection', (socket) => socket.setNoDelay(true));
      return { server, dial: () => dial(portOf(server)) };
    },
    bind: async (port) => (await ask({ do: 'bind', port }, isClosed)).handle as Socket,
    alive: () => gate.exitCode === null && gate.signalCode === null && gate.connected,
    close: () => {
      if (gate.connected) gate.disconnect();
    },
  };

  function dial(port: number) {
    let closed: Promise<unknown> = Promise.resolve();
    const connected = new Promise<number | undefined>((resolve) => {
      closed = ask({ do: 'dial', port }, (answer) => {
        if (answer.port !== undefined) resolve(answer.port);
        return answer.closed === true;
      })
        .catch(() => undefined)
        .finally(() => resolve(undefined));
    });
    return { port: connected, closed };
  }
}

/**
 * Port 53 is free for everybody in there. Where that file cannot be written it is free for root. glibc finds no address for a
 * name (AI_ADDRCONFIG) where 127.0.0.1 is all that there is: the other one leads nowhere, either (RFC 5737).
 */
const SET_UP =
  '{ echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start; } 2>/dev/null; ip link set lo up && ip address add 198.51.100.1/32 dev lo && exec "$@"';

/** How nsenter is told to take the rights of the user namespace, too. */
export const entered = (privilege: Privilege): string[] =>
  privilege === 'root' ? [] : ['--user', '--preserve-credentials'];

function ended(gate: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    gate.once('error', (error) => resolve(error.message));
    gate.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
}

/** One request after another; `last` says whether an answer is the last one to its request, as it nearly always is. */
function asking(gate: ChildProcess, failed: Promise<string>) {
  type Waiting = { take(answer: Answer, handle: unknown): void; fail(error: Error): void };
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  gate.on('message', (answer: Answer, handle) => waiting.get(answer.id ?? 0)?.take(answer, handle));
  failed.then((why) => {
    for (const { fail } of waiting.values()) fail(new Error(`The network of a confined client is gone: ${why}.`));
  });
  return (request: { do: string; port: number }, last: (answer: Answer) => boolean = () => true) =>
    new Promise<{ handle: unknown }>((resolve, reject) => {
      requests += 1;
      const id = requests;
      let given: unknown;
      const fail = (error: Error) => {
        waiting.delete(id);
        reject(error);
      };
      waiting.set(id, {
        fail,
        take(answer, handle) {
          if (answer.error !== undefined) return fail(new Error(answer.error));
          given ??= handle;
          if (!last(answer)) return;
          waiting.delete(id);
          resolve({ handle: given });
        },
      });
      if (!gate.connected) return fail(new Error('The network of a confined client is gone.'));
      gate.send({ ...request, id }, (error) => error && fail(error));
    });
}

const isClosed = (answer: Answer) => answer.closed === true;

function portOf(server: Server): number {
  const bound = server.address();
  return typeof bound === 'object' && bound ? bound.port : 0;
}
