/** What is seen of a connection as such, and of octets that are neither XML of the stream nor TLS. */
import type { CredentialKind, Phase, SecretFound, Side, Transport } from './terms.ts';

export type OnTcp = { layer: 'tcp'; connection: number } & (
  | { type: 'connected'; endpoint: string; transport: Transport; direction: 'in' | 'out'; remote: string }
  /** Octets that are neither XML of the stream nor TLS: `text` is at most 512 of them, as latin1. */
  | {
      type: 'bytes';
      from: 'client';
      phase: Phase;
      why: 'xml-on-direct-tls' | 'after-starttls' | 'instead-of-tls' | 'unread' | 'after-malformed';
      length: number;
      text: string;
      /** `unread` and `after-malformed` only: it begins an element of the credential phase. */
      credential?: CredentialKind;
      secrets?: SecretFound[];
    }
  /** What a raw action of the script wrote. */
  | { type: 'written'; from: 'mallory'; phase: Phase; length: number; text: string }
  /** More than is served: that connection was closed at once. `why` continues "the client ...". */
  | { type: 'refused'; why: string }
  /** The real server behind could not be reached, or is of no use. `why` is a sentence. */
  | { type: 'upstream-failed'; why: string }
  /**
   * The end of a tunnel to the real server. `tls`: a handshake began; `exchanges`: how often, after the handshake,
   * records of the client were followed by records of the server.
   */
  | { type: 'tunnelled'; clientBytes: number; serverBytes: number; tls: boolean; exchanges: number }
  | { type: 'closed'; from: Side; how: 'end' | 'reset' }
);
