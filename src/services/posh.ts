/**
 * POSH (RFC 7711): over HTTPS a domain names the certificates that its XMPP server may present. Each domain has the document
 * that it is to have, a good one or one with a fault; whoever gave it is told what is asked for, and what the answer was.
 */
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Issued } from '../pki/credentials/row.ts';
import type { Happening } from '../transcript.ts';

/** What each is, and the good one that a server has to go by, where this one is to deceive it. */
export const POSH_DOCUMENTS = {
  match: { title: 'names what is presented', honest: 'match' },
  mismatch: { title: 'names another certificate', honest: 'match' },
  stale: { title: 'names what is presented, and is good for no time at all (expires: 0)', honest: 'match' },
  redirected: { title: 'redirects to another one over HTTPS, which names what is presented', honest: 'match' },
  'redirect-to-http': {
    title: 'redirects to plain HTTP, where a document names what is presented',
    honest: 'redirected',
  },
  'redirect-loop': { title: 'redirects to itself', honest: 'redirected' },
  delegated: { title: 'points to another one over HTTPS, which names what is presented', honest: 'match' },
  'stale-delegation': {
    title: 'points to another one, which names what is presented, and is itself good for no time at all',
    honest: 'delegated',
  },
  'delegation-to-http': {
    title: 'points to one over plain HTTP, which names what is presented',
    honest: 'delegated',
  },
  'delegation-loop': { title: 'points to itself', honest: 'delegated' },
  'untrusted-https': {
    title: 'names what is presented, over HTTPS with a certificate of nobody known',
    honest: 'match',
  },
} as const satisfies Record<string, { title: string; honest: string }>;

export type PoshDocument = keyof typeof POSH_DOCUMENTS;

export interface PoshSite {
  domain: string;
  document: PoshDocument;
  /** SHA-256 of the certificate that is presented, in hexadecimal digits. */
  sha256: string;
  /** Of its HTTPS. */
  identity: Pick<Issued, 'key' | 'chain'>;
  observed(happening: OnHttp): void;
}

export type OnHttp = Extract<Happening, { layer: 'http' }>;

export interface PoshService {
  /** `HOST:PORT` of the HTTPS of every domain. */
  address: string;
  /** Returns how to take it away again. @throws Error where the domain has one. */
  add(site: PoshSite): () => void;
  /** Gives the sockets back. */
  close(): Promise<void>;
}

/** RFC 7711, section 3, with the service name of RFC 7712. */
const WELL_KNOWN = '/.well-known/posh/xmpp-server.json';
/** Of the other document over HTTPS, which is good. */
const DELEGATE = '/delegated.json';
const ADDRESS = '127.0.0.1';
/** Requests of a domain that are answered; whoever goes round and round has shown it by then. */
const MOST_REQUESTS = 64;
const MOST_CONNECTIONS = 64;
/** Milliseconds. */
const PATIENCE = 10_000;

/** @throws Error where no socket can be opened; nothing stays open then. */
export async function startPoshService(): Promise<PoshService> {
  const sites = new Map<string, { site: PoshSite; requests: number }>();
  const limits = { requestTimeout: PATIENCE, headersTimeout: PATIENCE, keepAliveTimeout: 1 };
  const secured = createHttps({
    ...limits,
    handshakeTimeout: PATIENCE,
    SNICallback(name, done) {
      const found = sites.get(name);
      if (!found) return done(new Error(`Nobody serves ${name}.`));
      const { key, chain } = found.site.identity;
      done(null, createSecureContext({ key, cert: chain }));
    },
  });
  const plain = createHttp(limits);
  const servers: Server[] = [secured, plain];
  const ports = new Map<Server, number>();
  const connections = new Set<Socket>();
  try {
    for (const server of servers) {
      server.maxConnections = MOST_CONNECTIONS;
      server.on('connection', (socket: Socket) => {
        connections.add(socket);
        socket.once('close', () => connections.delete(socket));
      });
      server.on('request', (request: IncomingMessage, response: ServerResponse) => serve(server, request, response));
      server.listen(0, ADDRESS);
      await once(server, 'listening');
      // A failed accept: whoever asks sees a connection that never answers.
      server.on('error', () => undefined);
      const bound = server.address();
      ports.set(server, typeof bound === 'object' && bound ? bound.port : 0);
    }
  } catch (error) {
    await close();
    throw error;
  }

  async function close(): Promise<void> {
    // Node's own list lacks those that have not got through TLS yet.
    for (const socket of connections) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  function serve(server: Server, request: IncomingMessage, response: ServerResponse): void {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const found = sites.get(host);
    if (!found || found.requests >= MOST_REQUESTS) return void request.socket.destroy();
    found.requests += 1;
    const { site } = found;
    const path = (request.url ?? '').slice(0, 256);
    const over = server === secured ? 'https' : 'http';
    site.observed({ layer: 'http', type: 'http-request', from: 'client', over, host, path });
    const at = (scheme: 'https' | 'http', where: string) =>
      `${scheme}://${site.domain}:${ports.get(scheme === 'https' ? secured : plain)}${where}`;
    const { status, location, document } = answerOf(site, over, path, at);
    const body = document ? JSON.stringify(document) : '';
    response.writeHead(status, {
      ...(document && { 'content-type': 'application/json' }),
      ...(location !== undefined && { location }),
      connection: 'close',
    });
    response.end(body);
    site.observed({ layer: 'http', type: 'http-response', from: 'mallory', status, location: location ?? null, body });
  }

  return {
    address: `${ADDRESS}:${ports.get(secured)}`,
    add(site) {
      if (sites.has(site.domain)) throw new Error(`There is a site ${site.domain} already.`);
      sites.set(site.domain, { site, requests: 0 });
      return () => void sites.delete(site.domain);
    },
    close,
  };
}

interface Answer {
  status: number;
  location?: string;
  document?: object;
}

function answerOf(
  { document, sha256 }: PoshSite,
  over: 'https' | 'http',
  path: string,
  at: (scheme: 'https' | 'http', where: string) => string,
): Answer {
  const naming = (digits: string, expires = 86_400): Answer => {
    // RFC 7711, section 3.1: base64 of what the hash function gives.
    const fingerprint = Buffer.from(digits, 'hex').toString('base64');
    return { status: 200, document: { fingerprints: [{ 'sha-256': fingerprint }], expires } };
  };
  const pointing = (url: string, expires = 86_400): Answer => ({ status: 200, document: { url, expires } });
  if (over === 'http' || path === DELEGATE) return naming(sha256);
  if (path !== WELL_KNOWN) return { status: 404 };
  switch (document) {
    case 'match':
    case 'untrusted-https':
      return naming(sha256);
    case 'mismatch':
      return naming('00'.repeat(32));
    case 'stale':
      return naming(sha256, 0);
    case 'redirected':
      return { status: 302, location: at('https', DELEGATE) };
    case 'redirect-to-http':
      return { status: 302, location: at('http', WELL_KNOWN) };
    case 'redirect-loop':
      return { status: 302, location: at('https', WELL_KNOWN) };
    case 'delegated':
      return pointing(at('https', DELEGATE));
    case 'stale-delegation':
      return pointing(at('https', DELEGATE), 0);
    case 'delegation-to-http':
      return pointing(at('http', DELEGATE));
    case 'delegation-loop':
      return pointing(at('https', WELL_KNOWN));
  }
}
