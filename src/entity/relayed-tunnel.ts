/** Raw octets between the client and a real server: TLS end to end, and what of it can be seen from between. */
import { connect, type Socket } from 'node:net';
import type { Happening } from '../transcript.ts';
import { element, STREAM_END, serialise, streamHeader } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { watchTunnel } from './relayed-watch.ts';
import { PATIENCE } from './upstream.ts';
import { sentenceOf, type UpstreamServer } from './upstream-tls.ts';

export interface TunnelOptions {
  server: UpstreamServer;
  /** In the name of which a client that speaks XML is told that there is no server. */
  domain: string;
  connection: number;
  record(happening: Happening): void;
}

/** For the server to take its leave when the client is gone. Milliseconds. */
const LINGER = 1_000;

/**
 * The client has to speak the transport of the server. Returns how to end the tunnel; what went through it is recorded
 * then, or as soon as one side has ended.
 */
export function openTunnel(client: Socket, { server, domain, connection, record }: TunnelOptions): () => void {
  const place = `${server.host}:${server.port}`;
  const seen = watchTunnel({ connection, transport: server.transport, record });
  const upstream = connect({ host: server.host, port: server.port, noDelay: true });
  let open = false;
  let over = false;
  const limit = setTimeout(() => fail(`${place} does not answer within ${PATIENCE / 1_000} s.`), PATIENCE);

  upstream.once('connect', () => {
    clearTimeout(limit);
    open = true;
    client.on('data', seen.fromClient);
    upstream.on('data', seen.fromServer);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  upstream.on('error', (error) => {
    if (open) client.destroy();
    else fail(sentenceOf(error, place, domain));
  });
  upstream.on('close', () => {
    // Without a pipe nobody reads any more, and the client's end would not be seen.
    if (!client.writableEnded) client.end();
    client.resume();
  });
  // `close` follows.
  client.on('error', () => undefined);
  client.once('close', end);

  function fail(why: string): void {
    if (over) return;
    record({ layer: 'tcp', type: 'upstream-failed', connection, why });
    if (server.transport === 'starttls') client.write(lastWords(domain, why));
    client.end();
    // What the client has said is read to its end, or it would not see ours.
    client.resume();
    end();
  }

  function end(): void {
    if (over) return;
    over = true;
    clearTimeout(limit);
    if (!open) return void upstream.destroy();
    seen.over();
    upstream.end();
    setTimeout(() => upstream.destroy(), LINGER).unref();
  }

  return end;
}

function lastWords(domain: string, why: string): string {
  const condition = element('remote-connection-failed', NS.streamErrors);
  const error = element('stream:error', undefined, {}, condition, element('text', NS.streamErrors, {}, why));
  return `${streamHeader({ from: domain })}${serialise(error)}${STREAM_END}`;
}
