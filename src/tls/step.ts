/** What the script does to a TLS connection that stands: below the stream, where XML knows nothing of it. */
import type { TLSSocket } from 'node:tls';
import type { Issued } from '../pki/credentials/row.ts';
import { secureContext } from './context.ts';
import type { Tap } from './tap.ts';

export type TlsStep =
  /** Octets between the records of TLS. */
  | { kind: 'records'; octets: Buffer }
  /** TCP ends (FIN) without close_notify. */
  | { kind: 'truncate' }
  /** TLS ends with a fatal alert under its own keys, and TCP after it. */
  | { kind: 'abort' }
  /** TLS ends with close_notify, TCP stays, and these octets follow in clear. */
  | { kind: 'leave'; clear: Buffer }
  /** A HelloRequest; where the client follows it, TLS 1.2 shows this credential in the new handshake. */
  | { kind: 'renegotiate'; credential: string | null };

/** A client need not answer a HelloRequest (RFC 5246, section 7.4.1.1): after so long the stream goes on. Milliseconds. */
const UNANSWERED = 1_000;

/** Resolves once it is written; a `renegotiate` with whether a certificate was shown in a new handshake. Never rejects. */
export async function performStep(step: TlsStep, stream: TLSSocket, tap: Tap, issued: Issued | null): Promise<boolean> {
  await flushed(stream);
  switch (step.kind) {
    case 'records':
      tap.writeBelow(step.octets);
      return true;
    case 'truncate':
      tap.mute();
      return true;
    case 'abort':
      await closed(stream, () => tap.spoil());
      tap.mute();
      return true;
    case 'leave':
      tap.outlive();
      await new Promise<void>((resolve) => stream.end(resolve));
      tap.mute();
      tap.writeBelow(step.clear);
      return true;
    case 'renegotiate':
      return renegotiate(stream, issued);
  }
}

/** What was written before is out. */
const flushed = (stream: TLSSocket) =>
  new Promise<void>((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write(Buffer.alloc(0), () => resolve());
  });

const closed = (stream: TLSSocket, act: () => void) =>
  new Promise<void>((resolve) => {
    if (stream.destroyed) return resolve();
    stream.once('close', () => resolve());
    act();
  });

function renegotiate(stream: TLSSocket, issued: Issued | null): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (done: boolean) => {
      clearTimeout(timer);
      stream.off('close', gone);
      resolve(done);
    };
    const gone = () => settle(false);
    const timer = setTimeout(gone, UNANSWERED);
    stream.once('close', gone);
    if (issued) stream.setKeyCert(secureContext({}, issued));
    const asked = stream.renegotiate({ requestCert: false, rejectUnauthorized: false }, (error) =>
      settle(!error && !stream.isSessionReused()),
    );
    if (!asked) settle(false);
  });
}
