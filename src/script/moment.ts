/** What an action sees and may change when its point has come. */
import type { Element } from 'ltx';
import type { Question, Reply } from '../services/dns/lookup.ts';
import type { Forgery } from '../tls/records/forgery.ts';
import type { TlsStep } from '../tls/step.ts';
import type { Phase } from '../transcript.ts';
import type { RewriteData } from './actions/rewrite.ts';
import type { Point } from './points.ts';

export type StreamHeader = {
  kind: 'header';
  prolog: boolean;
  /** In the order of writing; null stands for an attribute that is left out. */
  attributes: Record<string, string | null>;
};

/** One thing that Mallory is about to do on the wire. */
export type Output =
  | { kind: 'element'; element: Element }
  | StreamHeader
  /** Bytes as they are. `next`: in a TCP segment of their own, `afterMs` milliseconds later. */
  | { kind: 'raw'; bytes: Buffer; segment: 'same' | 'next'; afterMs: number }
  | { kind: 'end' }
  | { kind: 'reset' }
  /** Below the stream, inside TLS only. */
  | { kind: 'tls'; step: TlsStep }
  /** From here on Mallory writes nothing on this connection, and keeps it open. */
  | { kind: 'stall' };

/** How Mallory answers a ClientHello. */
export interface HandshakePlan {
  credential: string;
  minVersion: TlsVersion | null;
  maxVersion: TlsVersion | null;
  /** An OpenSSL cipher string, or null for the default. */
  ciphers: string | null;
  /** An OpenSSL list of signature algorithms; default: OpenSSL's. */
  signatureAlgorithms?: string | undefined;
  /** An OpenSSL list of groups for ECDHE and TLS 1.3; default: OpenSSL's. */
  groups?: string | undefined;
  /** Bits of the group of a DHE suite; default: as many as the certificate's key is worth. */
  dhBits?: number | undefined;
  /** Default: true. */
  extendedMasterSecret?: boolean | undefined;
  /** Default: true. */
  encryptThenMac?: boolean | undefined;
  /** Default: what a correct peer knows on this transport. */
  alpn?: string[] | undefined;
  rewrite?: RewriteData | undefined;
  /** Whether a session is resumed that another credential or other settings have begun. Default: false. */
  resume?: boolean;
  /** Something else in place of TLS. */
  instead:
    | null
    | { kind: 'alert'; description: number }
    | { kind: 'clear'; alert: number | null }
    | { kind: 'forge'; forgery: Forgery };
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** `each-byte`, byte offsets, or pieces of random size from the run's seed. */
export type Split = 'each-byte' | 'seeded' | number[];

/** What was asked of DNS, and the answer: the honest one, to be replaced; null: none. */
export interface Lookup {
  readonly question: Question;
  reply: Reply | null;
}

export interface Moment {
  readonly point: Point;
  readonly phase: Phase;
  /** What will be written; the correct peer's, to be changed in place. */
  outputs: Output[];
  /** At `tls-handshake` only. */
  readonly handshake: HandshakePlan | null;
  /** At `lookup` only. */
  readonly lookup: Lookup | null;
  split: Split | null;
  /** Hold the bytes back and write them in one piece with the next. */
  join: boolean;
  /** Puts the values of `{domain}`, `{jid}`, `{endpoint.NAME}`... into a text. */
  fill(text: string): string;
  /** Has `output` written just before or after what `point` writes, the next time that it comes. */
  arm(when: 'before' | 'after', point: Point, output: Output): void;
}

/** The elements among the outputs: most actions rewrite those. */
export function elementsOf(moment: Moment): Element[] {
  return moment.outputs.flatMap((output) => (output.kind === 'element' ? [output.element] : []));
}

export function headerOf(moment: Moment): StreamHeader | undefined {
  return moment.outputs.find((output): output is StreamHeader => output.kind === 'header');
}
