/** How a server is driven that opens streams to other servers (docs/servers.md): the words of both ways, process and function. */
import type { Transport } from '../../src/transcript.ts';
import type { ServerPolicy } from '../result.ts';
import type { Client, Exit } from './client.ts';

/** Of the variables that a driver finds, in lower case. */
export interface ServerEnvironment {
  /** Its own. */
  domain: string;
  certFile: string;
  keyFile: string;
  /** PEM file with the only CA to trust. */
  caFile: string;
  /** Empty at first. */
  stateDir: string;
  /** `HOST:PORT` of the resolver, or null where there is none. */
  dns: string | null;
  /** File with the DNSKEY record that vouches for what the resolver says, a trust anchor of DNSSEC; null where there is none. */
  anchorFile: string | null;
  /** `HOST:PORT` where the HTTPS of every domain is, or null where there is none. */
  https: string | null;
  /** One of {@link POLICIES}, or a word of the driver's own. */
  policy: string;
}

export interface Trigger {
  id: number;
  /** Bare JIDs. */
  from: string;
  to: string;
  /** Where the records of the domain in `to` lead. */
  endpoint: { host: string; port: number; tls: Transport };
}

export interface Reset {
  id: number;
  domain: string;
}

export interface Returned {
  id: number;
  /** Of the stanza error; only for people. */
  condition: string;
}

export interface Ready {
  /** Where other servers reach it; null: nowhere. */
  s2s: { host: string; port: number } | null;
  version: string | null;
  /** Null where it says nothing of it. */
  policy: ServerPolicy | null;
}

/** A server that runs. */
export interface LaunchedServer {
  ready: Ready;
  /** Resolves once the server was told: with why not, where it cannot. Rejects where that did not work. */
  trigger(trigger: Trigger): Promise<{ unsupported: string } | null>;
  reset(reset: Reset): Promise<void>;
  /** Settles when it has ended, whoever ended it. Never rejects. */
  ended: Promise<Exit>;
  /** Ends it; nothing of it is left then. */
  end(): Promise<void>;
  stderrTail(): string;
}

export interface ServerClient extends Client {
  server: {
    /** What it is told as `XMPP_POLICY`. */
    policy: string;
    /** @throws Error with a sentence, if it cannot be started, or `signal` is aborted before it is ready. */
    launch(
      environment: ServerEnvironment,
      returned: (returned: Returned) => void,
      signal?: AbortSignal,
    ): Promise<LaunchedServer>;
  };
}

/** For `XMPP_POLICY`; null: as the server comes. */
export const POLICIES: Readonly<Record<string, ServerPolicy | null>> = {
  stock: null,
  strict: { encryption: 'required', authentication: 'required', dialback: false },
  authenticated: { encryption: 'required', authentication: 'required', dialback: true },
  encrypted: { encryption: 'required', authentication: 'optional', dialback: true },
  opportunistic: { encryption: 'optional', authentication: 'optional', dialback: true },
};

/** What a server is judged by that says nothing of it. */
const UNSAID: ServerPolicy = { encryption: 'required', authentication: 'optional', dialback: true };

/** By its name, for `stock` and words of the driver's own by what the driver says. */
export function policyOf(name: string, { policy }: Ready): ServerPolicy {
  return (Object.hasOwn(POLICIES, name) ? POLICIES[name] : null) ?? policy ?? UNSAID;
}

/** Limits, in milliseconds. */
export const READY_LIMIT = 60_000;
export const ANSWER_LIMIT = 5_000;

export const isServer = (client: Client): client is ServerClient => 'server' in client && client.server !== undefined;
