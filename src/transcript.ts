/**
 * The transcript: everything seen on the wire or of the process, in order. The judge sees nothing else, so whatever a
 * verdict may rest on is an observation here, and none is ever changed or removed.
 */

/** What protects a byte: nothing, TLS, or TLS after a login. A login in clear leaves the phase `clear`. */
export type Phase = 'clear' | 'tls' | 'authenticated';

/** Who sits at Mallory's end of a TLS connection, by the credential it presented. Anonymous TLS is `untrusted`. */
export type Peer = 'honest' | 'untrusted' | 'weak' | 'trusted-mitm';

export type Transport = 'starttls' | 'direct';

/** RFC 6120, section 4.8.2: of streams between a client and its server, or between servers. */
export type ContentNamespace = 'jabber:client' | 'jabber:server';

type Side = 'client' | 'mallory';

/** Why an element counts as credential phase (design, section 1). */
export type CredentialKind = 'sasl' | 'sasl2' | 'iq-auth' | 'register' | 'compress' | 'resume' | 'dialback' | 'stanza';

/** A canary found in bytes in clear, or on the way to a peer that is not honest. */
export interface SecretFound {
  secret: string;
  form: 'raw' | 'base64' | 'sasl';
}

/** What a ClientHello offers. Numbers are the code points of the IANA TLS registries; GREASE values are left out. */
export interface ClientHello {
  /** `client_version` of the record body, not the highest version offered. */
  legacyVersion: number;
  /** Highest first, as sent; for a hello without `supported_versions`: every version up to `legacyVersion`, from 0x0301. */
  versions: number[];
  cipherSuites: number[];
  compressionMethods: number[];
  groups: number[];
  pointFormats: number[];
  signatureAlgorithms: number[];
  serverName: string | null;
  alpn: string[];
  extensions: number[];
  extendedMasterSecret: boolean;
  renegotiationInfo: boolean;
  sessionTicket: boolean;
  preSharedKey: boolean;
  earlyData: boolean;
  /** Whether there were any GREASE values (RFC 8701). */
  grease: boolean;
}

type OnTcp = { layer: 'tcp'; connection: number } & (
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

type OnTls = {
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

type OnXmpp = { layer: 'xmpp'; connection: number; phase: Phase } & (
  | { type: 'stream-open'; from: Side; attributes: Record<string, string>; xml: string; secrets?: SecretFound[] }
  | {
      type: 'element';
      from: Side;
      name: string;
      ns: string;
      /** The bytes, as text; cut after 8 KiB. */
      xml: string;
      /** Client only: this element belongs to the credential phase. */
      credential?: CredentialKind;
      /** SASL, SASL2: the mechanism that the element names. */
      mechanism?: string;
      /** Mallory's features only: the mechanisms that they offer. */
      mechanisms?: string[];
      /** An iq: its type and id. */
      iq?: { type: string; id: string };
      secrets?: SecretFound[];
    }
  | { type: 'stream-close'; from: Side }
  | {
      type: 'malformed';
      from: 'client';
      reason: string;
      text: string;
      credential?: CredentialKind;
      secrets?: SecretFound[];
    }
  /** The receiving entity's own view: authentication succeeded, or a resource was bound. */
  | { type: 'authenticated'; from: 'mallory'; mechanism: string; user: string }
  | { type: 'bound'; from: 'mallory'; jid: string }
  /** The same of a stream between servers: a stanza was accepted, from this JID and for this domain. */
  | { type: 'accepted'; from: 'mallory'; jid: string; domain: string }
);

/** `connection`: 0 for what the script does in DNS. */
type OnScript = { layer: 'script'; connection: number; index: number; action: string; point: string; phase: Phase } & {
  /** The action's effect is written or in force. */
  type: 'action';
};

/** The name service, before or beside any connection. `wanted`: the type of record that is asked for, such as SRV. */
type OnDns = { layer: 'dns' } & (
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

type OnProcess = { layer: 'process' } & (
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

type OnRun = { layer: 'run' } /** A limit of design section 4 ended a wait of `afterMs` milliseconds. */ & (
  | { type: 'limit'; limit: 'no-connection' | 'connected' | 'idle' | 'finding'; afterMs: number }
  /** A `stay` session had nothing left to show: Mallory ended the client. */
  | { type: 'fulfilled' }
  | { type: 'dropped'; observations: number }
  | { type: 'end' }
);

/** What is asked of the site of a domain (POSH). */
type OnHttp = { layer: 'http' } & (
  | { type: 'http-request'; from: 'client'; over: 'https' | 'http'; host: string; path: string }
  | { type: 'http-response'; from: 'mallory'; status: number; location: string | null; body: string }
);

export type Happening = OnTcp | OnTls | OnXmpp | OnDns | OnHttp | OnScript | OnProcess | OnRun;

/** `n` counts from 1 without gaps; `t` is milliseconds since the transcript began. */
export type Observation = { n: number; t: number } & Happening;

export interface Transcript {
  readonly observations: readonly Observation[];
  /** Milliseconds since the transcript began. */
  now(): number;
  record(happening: Happening): Observation;
  /** Called with each observation after it was recorded. Returns how to stop listening. */
  subscribe(listener: (observation: Observation) => void): () => void;
}

/** Beyond this many only what a verdict can rest on is kept: a hostile client must not fill the memory. */
const ORDINARY_LIMIT = 2_000;
const HARD_LIMIT = 4_000;

export function createTranscript(): Transcript {
  const observations: Observation[] = [];
  const listeners = new Set<(observation: Observation) => void>();
  const start = performance.now();
  const now = () => Math.round((performance.now() - start) * 100) / 100;
  let dropped = 0;

  return {
    observations,
    now,
    record(happening) {
      // Not a spread: V8 copies those slowly, and here everything passes.
      const observation: Observation = Object.assign({ n: observations.length + 1, t: now() }, happening);
      const room = isEssential(happening) ? HARD_LIMIT : ORDINARY_LIMIT;
      if (happening.layer === 'run' && happening.type === 'end' && dropped > 0) {
        observations.push({ n: observation.n, t: observation.t, layer: 'run', type: 'dropped', observations: dropped });
        observation.n += 1;
      }
      if (observations.length < room || happening.layer === 'run' || happening.layer === 'process') {
        observations.push(observation);
      } else {
        dropped += 1;
      }
      for (const listener of listeners) listener(observation);
      return observation;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What a verdict rests on. Connections are few: the interceptor sees to that. */
function isEssential(happening: Happening): boolean {
  if ('secrets' in happening || 'credential' in happening) return true;
  if (happening.layer === 'tcp') return happening.type === 'connected' || happening.type === 'refused';
  if (happening.layer === 'script') return true;
  return happening.layer === 'xmpp' && (happening.type === 'bound' || happening.type === 'accepted');
}
