/** A client and Mallory's end of TLS on the loopback interface. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { createAuthority } from '../../../src/pki/authority.ts';
import type { Issued } from '../../../src/pki/credentials/index.ts';
import { issue } from '../../../src/pki/issue.ts';
import { type ChannelFacts, type ChannelPlan, type HandshakeFailure, upgrade } from '../../../src/tls/channel.ts';
import { readClientHello } from '../../../src/tls/client-hello.ts';

export const domain = 'k3v9q.im.xmpp.test';
export const authority = await createAuthority();
export const credentialOf = (name: string): Promise<Issued> => issue(authority, name, { domain });

export interface Session {
  /** What was reported, in order. */
  log: string[];
  flight: number | null;
  facts: ChannelFacts | null;
  failure: HandshakeFailure | null;
  stream: TLSSocket | null;
}

interface Handshake {
  credential: Issued | null;
  plan?: ChannelPlan;
  /** Told when TLS has begun, of Mallory's socket below it. */
  upgraded?(socket: Socket): void;
}

/** Serves one connection, on which `client` acts; resolves once Mallory's end knows how the handshake ended. */
export async function handshake(
  client: (port: number) => void,
  { credential, plan = {}, upgraded }: Handshake,
): Promise<Session> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  client((server.address() as AddressInfo).port);
  const [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  const { early, hello } = await firstHello(socket);
  const session: Session = { log: [], flight: null, facts: null, failure: null, stream: null };
  await new Promise<void>((resolve) => {
    session.stream = upgrade(
      { socket, early, hello, credential, plan },
      {
        flight(octets) {
          session.log.push('flight');
          session.flight = octets;
        },
        secured(facts) {
          session.log.push('secured');
          session.facts = facts;
          resolve();
        },
        failed(failure) {
          session.log.push('failed');
          session.failure = failure;
          resolve();
        },
      },
    );
    upgraded?.(socket);
  });
  return session;
}

async function firstHello(socket: Socket) {
  let early = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    early = Buffer.concat([early, chunk]);
    const read = readClientHello(early);
    if (read.type === 'hello') return { early, hello: read.hello };
    if (read.type !== 'need-more') throw new Error(JSON.stringify(read));
  }
}

/** Node's client; `stream` is there once `handshake` called `start`. */
export function nodeClient(options: ConnectionOptions = {}) {
  const client = {
    stream: null as TLSSocket | null,
    error: null as Error | null,
    start(port: number) {
      const fixed = { port, host: '127.0.0.1', servername: domain, ca: authority.caPem };
      client.stream = connect({ ...fixed, ...options });
      client.stream.on('error', (error) => {
        client.error = error;
      });
    },
    async secure(): Promise<TLSSocket> {
      const { stream } = client;
      if (!stream) throw new Error('not started');
      if (stream.getFinished() === undefined || !stream.authorized) await once(stream, 'secureConnect');
      return stream;
    },
  };
  return client;
}

/** The octets of the ClientHello that Node's client sends first. */
export async function captureHello(options: ConnectionOptions = {}): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ...options });
  client.on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const { early } = await firstHello(socket);
  socket.destroy();
  client.destroy();
  server.close();
  return early;
}
