/** A forged flight in place of TLS: the forge at work on a connection, and on record. */
import type { Socket } from 'node:net';
import type { Issued } from '../pki/credentials/row.ts';
import type { HandshakeFailure } from '../tls/failure.ts';
import { cipherSuiteName, versionName } from '../tls/names.ts';
import { createForge } from '../tls/records/forge.ts';
import type { Forgery } from '../tls/records/forgery.ts';
import type { Transcript } from '../transcript.ts';

export interface ForgingOptions {
  connection: number;
  tcp: Socket;
  transcript: Transcript;
  forgery: Forgery;
  issued: Issued;
  /** What was read already, the whole ClientHello. */
  first: Buffer;
  /** The client sent what is no TLS record. */
  stray(octets: Buffer): void;
  fail(failure: HandshakeFailure): void;
  /** There is nothing more to see: the connection is to be ended. */
  done(): void;
}

export function forgeHandshake(options: ForgingOptions): void {
  const { connection, tcp, transcript, forgery, issued, first, stray, fail, done } = options;
  const on = { layer: 'tls', connection } as const;
  const take = createForge(forgery, issued, {
    write: (octets) => void (tcp.destroyed || tcp.write(octets)),
    forged({ version, suite, offered, awaits, octets }) {
      const said = { version: versionName(version), cipher: cipherSuiteName(suite), offered, awaits };
      transcript.record({ ...on, type: 'forged', from: 'mallory', ...said, bytes: octets.length });
    },
    message: (name, bytes, alert) =>
      void transcript.record({ ...on, type: 'record', from: 'client', name, bytes, ...(alert && { alert }) }),
    notOffered: (what) =>
      fail({ from: 'mallory', how: 'not-offered', code: 'FORGE', message: `the client offers ${what}` }),
    incapable: (message) => fail({ from: 'mallory', how: 'incapable', code: 'FORGE', message }),
    refused: ({ description }) =>
      fail({
        from: 'client',
        how: 'alert',
        code: `ALERT_${description}`,
        message: `the client sent alert ${description}`,
      }),
    stray,
    done,
  });
  tcp.on('data', take);
  take(first);
  tcp.resume();
}
