/** A client, the relay, and a server behind: what a scenario through a real server is, without files and a judge. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Connect, Endpoint } from '../../../harness/client/client.ts';
import { type RelayedSettings, relayed } from '../../../src/entity/relayed.ts';
import type { UpstreamServer } from '../../../src/entity/upstream-tls.ts';
import {
  createAuthority,
  createTranscript,
  type InterceptorOptions,
  type Observation,
  type SimulatedSettings,
  simulated,
  startInterceptor,
  type Transcript,
} from '../../../src/index.ts';

export const DOMAIN = 'relay.xmpp.test';
export const PASSWORD = `real-${randomBytes(6).toString('hex')}`;
export const ACCOUNT = { localpart: 'juliet', domain: DOMAIN };

export const OFFERS = {
  mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
  sasl2: { clear: [], tls: [] },
  iqAuth: { clear: false, tls: false },
} satisfies Partial<RelayedSettings>;

export interface Meeting {
  upstream: UpstreamServer;
  transport?: Endpoint['tls'];
  tunnel?: boolean;
  /** PEM that the client trusts besides Mallory's CA. */
  ca?: string;
  offers?: Partial<RelayedSettings>;
  script?: InterceptorOptions['script'];
}

interface Seen {
  observations: readonly Observation[];
}

export interface Met extends Seen {
  error: Error | null;
}

export const authority = await createAuthority();

export async function meet(client: Connect, meeting: Meeting): Promise<Met> {
  const { upstream, transport = 'starttls', tunnel, offers, script } = meeting;
  const stateDir = mkdtempSync(join(tmpdir(), 'relay-'));
  const caFile = join(stateDir, 'ca.pem');
  writeFileSync(caFile, `${authority.caPem}\n${meeting.ca ?? ''}`);
  const transcript = createTranscript();
  const interceptor = await startInterceptor({
    ...{ authority, domain: DOMAIN, jid: `juliet@${DOMAIN}`, transport, transcript, script, tunnel },
    entity: relayed({ ...OFFERS, ...offers, upstream, account: ACCOUNT, record: transcript.record }),
  });
  const endpoint: Endpoint = {
    ...{ host: '127.0.0.1', port: interceptor.port(), domain: DOMAIN, jid: `juliet@${DOMAIN}`, password: PASSWORD },
    ...{ caFile, tls: transport, via: 'ip', session: 'once', stateDir, certFile: null, keyFile: null },
  };
  try {
    await client(endpoint, AbortSignal.timeout(15_000));
    return { observations: transcript.observations, error: null };
  } catch (error) {
    return { observations: transcript.observations, error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    await interceptor.drain(5_000);
    await interceptor.close();
    rmSync(stateDir, { recursive: true });
  }
}

export interface RelayTarget extends UpstreamServer {
  /** What it has seen. */
  transcript: Transcript;
  ca: string;
}

/** A correct server to relay to, with a CA of its own; it ends with the test. */
export async function startServer(
  t: ExecutionContext,
  settings: Partial<SimulatedSettings> = {},
  options: Partial<InterceptorOptions> = {},
  password = PASSWORD,
): Promise<RelayTarget> {
  const ca = await createAuthority();
  const transcript = createTranscript();
  const transport = options.transport ?? 'starttls';
  const account = { ...ACCOUNT, password };
  const entity = simulated({ ...OFFERS, ...settings, account });
  const common = { authority: ca, domain: DOMAIN, jid: `juliet@${DOMAIN}`, transport, transcript, entity };
  const server = await startInterceptor({ ...common, ...options });
  t.teardown(server.close);
  return { host: '127.0.0.1', port: server.port(), transport, ca: ca.caPem, transcript };
}

/** A server that does just this with each connection; it ends with the test. */
export async function startOdd(t: ExecutionContext, serve: (socket: Socket) => void): Promise<UpstreamServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  return { host: '127.0.0.1', port, transport: 'starttls' };
}

export const bound = ({ observations }: Seen) =>
  observations.flatMap((o) => (o.layer === 'xmpp' && o.type === 'bound' ? [o.jid] : []));

export const failures = ({ observations }: Seen) =>
  observations.flatMap((o) => (o.layer === 'tcp' && o.type === 'upstream-failed' ? [o.why] : []));

export const elements = ({ observations }: Seen, from: 'client' | 'mallory') =>
  observations.flatMap((o) => (o.layer === 'xmpp' && o.type === 'element' && o.from === from ? [o] : []));

/** Where nobody listens: tcpmux, and not a free port that another test may get. */
export const nobody: UpstreamServer = { host: '127.0.0.1', port: 1, transport: 'starttls' };
