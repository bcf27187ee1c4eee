/** What an attempt is to be: who is played, what is done to the client, and when it is over. */
import type { EndpointSettings } from '../../../src/interceptor/interceptor-options.ts';
import type { ScriptItem } from '../../../src/script/script.ts';
import type { Transport } from '../../../src/transcript.ts';
import type { Role } from '../../client/client.ts';
import type { Via } from '../../result.ts';
import type { Given, ResolvedEntity, Scenario } from '../../scenario/scenario.ts';

export interface AttemptPlan {
  /** For messages and for the name of the state directory. */
  name: string;
  role: Role;
  /** Of the same session, from 1. The first goes as it comes; in all others every write is cut and delayed at random. */
  repetition: number;
  scenario: Scenario;
  transport: Transport;
  via: Via;
  /** Mallory comes to a server first, with a dialback key in the name of the domain, and the server asks about it here. */
  calls?: boolean | undefined;
  /** The initiating entity is a server. Default: a client. */
  server?: boolean | undefined;
  /** The receiving entity: a state machine, a real server behind TLS of our own, or that server with TLS end to end. */
  receiving: 'simulated' | 'relayed' | 'tunnel';
  entity: ResolvedEntity;
  endpoints: Record<string, EndpointSettings>;
  script: ScriptItem[];
  /** The reference identifier, the CAs and the credential that the scenario brings along; null: Mallory's own. */
  given: Given | null;
  session: 'once' | 'stay';
  /** The client has a certificate to log in with, and TLS asks for it. */
  certified: boolean;
  /** Sent once the client has bound a resource; with variables. */
  afterBind: string[];
  /** What a control has to show of the client besides a login: names from `PROBES`. */
  probes: string[];
  /**
   * A `stay` session is over once this connection, or a later one, has led to a session. Where an answer to an iq is
   * what it is about, a ping is sent behind: so many milliseconds after its answer the other will not come any more.
   * Where what it claims matters, a client has `claimMs` milliseconds for that. Null for `once`.
   */
  until: { connection: number; answerMs: number | null; claimMs: number } | null;
  dialled: string[];
  timeoutMs: number;
  reconnectMs: number;
}

export interface Circumstances {
  transport: Transport;
  via: Via;
  /** Addresses that every credential names too, for a client that verifies what it dialled. */
  dialled: string[];
  timeoutMs: number;
  /** How the real server behind is spoken to, where there is one. */
  upstream?: Transport | undefined;
  /** A server opens the streams. Default: a client. */
  server?: boolean | undefined;
}
