/** What is seen of TLS: hellos, handshakes, and what the script put in their place. */
import type { ClientHello } from './client-hello.ts';
import type { Peer, Side } from './terms.ts';

export type OnTls = {
  layer: 'tls';
  connection: number;
} /** `kind`: our own measure of sameness; `ja4`: the fingerprint that others know. */ & (
  | {
      type: 'client-hello';
      from: 'client';
      hello: ClientHello;
      kind: string;
      ja4: string;
      /** The connection in which the session began that it offers to resume; 0: none that is known. */
      offersSession?: number;
    }
  /** What followed a ClientHello as early data, before anything was answered: octets of ciphertext. */
  | { type: 'early-data'; from: 'client'; length: number }
  /**
   * What the client sent behind its ClientHello, where the script works below TLS. `name`: of a handshake message in
   * plaintext (`client-key-exchange`), or `change-cipher-spec`, `alert`, `heartbeat`, `protected`; of protected records
   * only the first is on record. `bytes`: without framing.
   */
  | {
      type: 'record';
      from: 'client';
      name: string;
      bytes: number;
      alert?: { level: number; description: number };
    }
  /** The changed handshake went out to the client; or, in a sentence, why there is nothing to change. */
  | { type: 'rewritten'; from: 'mallory'; impossible?: string }
  /**
   * A forged flight went out. `offered`: version, suite and compression are the ClientHello's. `awaits`: the record by which the
   * client accepts it.
   */
  | {
      type: 'forged';
      from: 'mallory';
      version: string;
      cipher: string;
      offered: boolean;
      awaits: string;
      bytes: number;
    }
  /** The certificate and all that belongs to its flight were written. */
  | { type: 'flight'; from: 'mallory'; credential: string; peer: Peer; bytes: number }
  | {
      type: 'handshake';
      from: 'client';
      version: string;
      cipher: string;
      alpn: string | null;
      serverName: string | null;
      /** Then `credential`, `certificateSha256` and `peer` are those of the handshake in which the session began. */
      resumed: boolean;
      credential: string;
      certificateSha256: string | null;
      peer: Peer;
      /** False for a NULL suite: what follows counts as clear. */
      encrypted: boolean;
      /** RFC 7627; always in TLS 1.3. */
      extendedMasterSecret: boolean;
      clientCertificate: boolean;
    }
  /**
   * What the initiating entity presented, where it was asked to. `fault`: in a sentence, why it does not prove that it is
   * who it says; null where it does.
   */
  | { type: 'client-certificate'; from: 'client'; sha256: string; names: string; fault: string | null }
  /** `not-offered`: the ClientHello has nothing in common with what the script wanted to negotiate. */
  | {
      type: 'failed';
      from: Side;
      how: 'alert' | 'end' | 'reset' | 'not-offered' | 'protocol' | 'incapable';
      code: string;
      message: string;
    }
);
