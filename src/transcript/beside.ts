/** What is seen beside the connections: the script, DNS, HTTPS, the process of the client, and the run itself. */
import type { Phase } from './terms.ts';

/** `connection`: 0 for what the script does in DNS. */
export type OnScript = {
  layer: 'script';
  connection: number;
  index: number;
  action: string;
  point: string;
  phase: Phase;
} & {
  /** The action's effect is written or in force. */
  type: 'action';
};

/** The name service, before or beside any connection. `wanted`: the type of record that is asked for, such as SRV. */
export type OnDns = { layer: 'dns' } & (
  | { type: 'query'; from: 'client'; over: 'udp' | 'tcp'; name: string; wanted: string }
  /** `records`: each as in a zone file. `truncated`: it was too long for UDP, and none of them was sent. */
  | {
      type: 'answer';
      from: 'mallory';
      name: string;
      wanted: string;
      code: 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';
      records: string[];
      truncated?: boolean;
    }
  /** The script had the client wait in vain. */
  | { type: 'unanswered'; from: 'mallory'; name: string; wanted: string }
  /** No query that a client could mean. `reason` continues "which is no query: ...". */
  | { type: 'unreadable'; from: 'client'; over: 'udp' | 'tcp'; length: number; reason: string }
);

/** What is asked of the site of a domain (POSH). */
export type OnHttp = { layer: 'http' } & (
  | { type: 'http-request'; from: 'client'; over: 'https' | 'http'; host: string; path: string }
  | { type: 'http-response'; from: 'mallory'; status: number; location: string | null; body: string }
);

export type OnProcess = { layer: 'process' } & (
  | { type: 'started' }
  | { type: 'not-started'; message: string }
  /** A server under test is told, in the same session, to send to this second domain, too. */
  | { type: 'told'; domain: string }
  | { type: 'claim'; claim: Claim }
  /** `ours`: Mallory ended it. A function ends with code 0 (online), 77 (unsupported) or 1. */
  | { type: 'exit'; code: number | null; signal: string | null; ours: boolean }
  /** More output than is kept (bytes so far); it goes on being read and thrown away. */
  | { type: 'flood'; stream: 'stdout' | 'stderr'; bytes: number }
);

/** What a client may print of itself, a line of JSON (design, section 4). */
export interface Claim {
  result?: 'online' | 'refused' | 'unsupported' | undefined;
  reason?: string | undefined;
  tls?:
    | {
        version?: string | undefined;
        cipher?: string | undefined;
        certificate_sha256?: string | undefined;
        verified_by?: string | undefined;
        certificate_changed?: boolean | undefined;
      }
    | undefined;
}

export type OnRun = { layer: 'run' } /** A limit of design section 4 ended a wait of `afterMs` milliseconds. */ & (
  | { type: 'limit'; limit: 'no-connection' | 'connected' | 'idle' | 'finding'; afterMs: number }
  /** A `stay` session had nothing left to show: Mallory ended the client. */
  | { type: 'fulfilled' }
  | { type: 'dropped'; observations: number }
  | { type: 'end' }
);
