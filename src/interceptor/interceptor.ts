/**
 * The interceptor: what the initiating entity really reaches. A listener for each endpoint, a script, a transcript.
 */
import { isIP, isIPv6, type Server, type Socket } from 'node:net';
import { credential } from '../pki/credentials/index.ts';
import type { Issued } from '../pki/credentials/row.ts';
import { issue } from '../pki/issue.ts';
import { actionsOf } from '../script/script.ts';
import { createTickets } from '../tls/tickets.ts';
import { createBacklog, type Dial } from './backlog.ts';
import { type ClosedPort, takeClosedPort } from './closed-port.ts';
import { serveConnection } from './connection.ts';
import type { Connection } from './connection-options.ts';
import type { EndpointSettings, InterceptorOptions } from './interceptor-options.ts';
import { createKeeper } from './kept.ts';
import { holdPorts, listenHere } from './listening.ts';
import { type Answering, createAnswering } from './lookups.ts';
import { atMost } from './patience.ts';
import { randomFrom } from './random.ts';
import type { Recording } from './recording.ts';
import { fill } from './variables.ts';

export interface Interceptor {
  /** The TCP port of an endpoint, `main` by default. */
  port(endpoint?: string): number;
  /** The script's answer to a question to DNS; to be given to the name service of this client. */
  answering: Answering;
  /** What it presents under this name. */
  credential(name: string): Promise<Issued>;
  /** How many connections are open. */
  open(): number;
  /** A number in the transcript for a connection that Mallory opens herself. */
  nextConnection(): number;
  /** Has `listener`, too, called whenever the last open connection has been read to its end. */
  onIdle(listener: () => void): void;
  /** Settles once every connection, also one still waiting to be accepted, has been read to its end; at most `ms`. */
  drain(ms: number): Promise<void>;
  /** Ends every connection from Mallory's side. */
  hangUp(): void;
  /**
   * Serves nobody any more. The ports stay taken, so that no straggler lands on somebody else, until the function that
   * is returned is called.
   */
  retire(): () => Promise<void>;
  /** Gives the ports back. */
  close(): Promise<void>;
  /** How long the script has made connections wait, in milliseconds. */
  waitedMs(): number;
}

type Tape = ReturnType<Recording['follow']> | undefined;

/** What one initiating entity may have open at a time, and open in all. Beyond it is refused, and recorded once. */
const MAX_OPEN = 32;
const MAX_TOTAL = 512;
/** No client needs so many octets for its logins, on all of its connections; whoever sends more wants to fill the memory. */
const MAX_OCTETS = 1_048_576;

/**
 * Listens on ports that the system chooses, unless told one.
 *
 * @throws Error if the address cannot be listened on, or no file handle is left.
 */
export async function startInterceptor(options: InterceptorOptions): Promise<Interceptor> {
  const { transcript, authority, domain, address = '127.0.0.1', dialled = [], namespace = 'jabber:client' } = options;
  const endpoints: Record<string, EndpointSettings> = {
    main: { credential: options.credential ?? 'valid' },
    ...options.endpoints,
  };
  // As RFC 6120, section 4.9.3.19 has it in a redirect.
  const host = isIPv6(address) ? `[${address}]` : address;
  const script = options.script ?? [];
  const hosts = (options.resolved ?? []).filter((one) => isIP(one) === 0);
  const random = randomFrom(options.seed ?? domain);
  const servers = new Map<string, Server>();
  const closed = new Map<string, ClosedPort>();
  const dials: Dial[] = [];
  const connections = new Set<Connection>();
  const backlog = createBacklog();
  const keep = createKeeper();
  const tickets = createTickets(script.length > 0);
  let octets = 0;
  let total = 0;
  let refused = false;
  let retired = false;
  let waited = 0;
  const idle = new Set<() => void>();

  const rowOf = (name: string) => (options.given?.name === name ? options.given : credential(name));
  const issued = new Map<string, Promise<Issued>>();
  /** Asked for in every handshake, and looked up by all that a certificate depends on: once is enough. */
  const issueOne = (name: string) => {
    const made = issued.get(name) ?? issueNew(name);
    issued.set(name, made);
    return made;
  };
  const issueNew = (name: string) =>
    issue(authority, rowOf(name), {
      domain,
      dialled,
      ...(options.resolved && { reached: options.resolved }),
      ...(options.second !== undefined && { second: options.second }),
      elsewhere: [`elsewhere.${domain.split('.').slice(1).join('.')}`, ...hosts],
      localpart: options.jid.split('@', 1).join(),
      service: namespace === 'jabber:server' ? '_xmpp-server' : '_xmpp-client',
    });

  const filled = (text: string, stream: { id: string; resource: string }) =>
    fill(text, {
      domain,
      jid: options.jid,
      peer: options.peer ?? '',
      resource: stream.resource,
      'stream-id': stream.id,
      canary: options.canary ?? 'canary',
      ...Object.fromEntries(
        Object.keys(endpoints).flatMap((name) => [
          [`endpoint.${name}`, `${host}:${port(name)}`],
          [`endpoint.${name}.port`, String(port(name))],
        ]),
      ),
    });

  /** Recorded once: a flood must not fill the transcript either. */
  function refuse(connection: number, why: string): void {
    if (!refused) transcript.record({ layer: 'tcp', type: 'refused', connection, why });
    refused = true;
  }

  function accept(endpoint: string, counter: { nth: number }, socket: Socket, tape: Tape): void {
    if (retired || connections.size >= MAX_OPEN || total >= MAX_TOTAL || octets > MAX_OCTETS) {
      socket.on('error', () => undefined);
      socket.destroy();
      if (retired) return;
      const most = connections.size >= MAX_OPEN ? `${MAX_OPEN} connections at a time` : `${MAX_TOTAL} connections`;
      return refuse(total + 1, `opened more than ${most}`);
    }
    total += 1;
    const n = total;
    tape?.named(n, endpoint);
    let nth = 0;
    const connection = serveConnection({
      socket,
      n,
      nth: () => nth || counter.nth + 1,
      count() {
        if (nth === 0) nth = counter.nth += 1;
      },
      endpoint,
      transport: endpoints[endpoint]?.transport ?? options.transport,
      namespace,
      transcript,
      script,
      entity: options.entity,
      credential: endpoints[endpoint]?.credential ?? 'valid',
      versions: options.versions ?? { min: 'TLSv1.2', max: 'TLSv1.3' },
      clientCa: options.clientCa,
      issue: issueOne,
      // A client that asks for no staple has been shown a good certificate, and nothing else.
      peerOf: (name, asksForStaple = true) => {
        const { peer, aboutStaple, ifResolved } = rowOf(name);
        if (options.resolved && ifResolved) return ifResolved;
        return aboutStaple && !asksForStaple ? 'honest' : peer;
      },
      fill: filled,
      canaries: options.canaries ?? new Map(),
      keep,
      tickets,
      affords(more) {
        octets += more;
        if (octets <= MAX_OCTETS) return true;
        refuse(n, `sent more than ${MAX_OCTETS / 1_048_576} MiB`);
        for (const one of connections) one.destroy();
        return false;
      },
      random,
      shake: options.shake ?? false,
      tunnel: options.tunnel ?? false,
      keylog: options.recording?.keylog,
    });
    connections.add(connection);
    connection.done.then(() => {
      connections.delete(connection);
      waited += connection.waitedMs();
      if (connections.size > 0) return;
      for (const listener of idle) listener();
    });
  }

  function port(endpoint = 'main'): number {
    const bound = servers.get(endpoint)?.address();
    return typeof bound === 'object' && bound ? bound.port : (closed.get(endpoint)?.port ?? 0);
  }

  // Before anyone connects: an RSA key takes so long that a client would leave in the meantime.
  const presented = actionsOf(script).filter(({ name }) => name === 'present');
  const needed = [
    ...Object.values(endpoints).map((one) => one.credential),
    ...presented.map(({ params }) => String(params)),
  ];
  await Promise.all(needed.map(issueOne));
  async function open(endpoint: string, { refuses, port: own }: EndpointSettings): Promise<void> {
    if (refuses) {
      closed.set(endpoint, await takeClosedPort(address));
      return;
    }
    const counter = { nth: 0 };
    const { server, dial } = await (options.listen?.(endpoint) ??
      listenHere(address, endpoint === 'main' ? options.port : own));
    server.on('connection', (socket) => {
      const tape = options.recording?.follow(socket);
      backlog.sift(socket, () => accept(endpoint, counter, socket, tape));
    });
    servers.set(endpoint, server);
    dials.push(dial);
  }

  try {
    for (const [endpoint, settings] of Object.entries(endpoints)) await open(endpoint, settings);
  } catch (error) {
    // Most of all where no file handle is left.
    await retire()();
    throw error;
  }

  function retire() {
    retired = true;
    for (const connection of connections) connection.destroy();
    return holdPorts([...servers.values()], [...closed.values()]);
  }

  return {
    port,
    credential: issueOne,
    answering: createAnswering({
      script,
      transcript,
      connections: () => total,
      fill: (text) => filled(text, { id: '', resource: '' }),
    }),
    open: () => connections.size,
    nextConnection() {
      total += 1;
      return total;
    },
    onIdle(listener) {
      idle.add(listener);
    },
    async drain(ms) {
      const emptied = Promise.all(dials.map(backlog.probe)).then(() =>
        Promise.all([...connections].map(({ done }) => done)),
      );
      await atMost(ms, emptied);
    },
    hangUp() {
      for (const connection of connections) connection.hangUp();
    },
    retire,
    close: () => retire()(),
    waitedMs: () => [...connections].reduce((sum, connection) => sum + connection.waitedMs(), waited),
  };
}
