/** The honest server behind a man in the middle, as far as a login can tell the two apart. */
import { randomBytes } from 'node:crypto';
import type { TlsFacts } from '../entity/receiving-entity.ts';

/**
 * What that server knows of its own TLS connection. It is another one than the client's, with another key and another
 * certificate: whatever a client binds its login to is not what the server compares it with (RFC 6120, section 13.9.4).
 */
export function behind(facts: TlsFacts): TlsFacts {
  const another = (data: Buffer | null) => data && randomBytes(data.length);
  return {
    version: facts.version,
    tlsExporter: another(facts.tlsExporter),
    tlsUnique: another(facts.tlsUnique),
    tlsServerEndPoint: another(facts.tlsServerEndPoint),
    // Its key is the client's, who has signed another handshake.
    clientCertificate: null,
  };
}
