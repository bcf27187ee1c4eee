/** Node asks a `tls.Server` for the staple, and nobody else; this is one that never listens. */
import { createServer, type Server } from 'node:tls';

const servers = new WeakMap<Buffer, Server>();

/** To be handed to the `TLSSocket` as its server: it answers a status_request with `staple`, whatever is in it. */
export function staplesFor(staple: Buffer): Server {
  const known = servers.get(staple);
  if (known) return known;
  const server = createServer({ ca: [] });
  server.on('OCSPRequest', (_certificate, _issuer, answer) => answer(null, staple));
  servers.set(staple, server);
  return server;
}
