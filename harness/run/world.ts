/** What all attempts of a run share. */
import type { Authority } from '../../src/pki/authority.ts';
import { HOSTING } from '../../src/pki/credentials/domains.ts';
import type { Client } from '../client/client.ts';
import type { Confinement } from '../confine/confine.ts';
import type { Rules } from '../judge/findings.ts';
import type { Via } from '../result.ts';
import type { Captures } from './captures.ts';
import type { ByHand } from './options.ts';
import type { Relay } from './relay.ts';
import type { ServerUnderTest } from './server.ts';

export interface World {
  client: Client;
  authority: Authority;
  caFile: string;
  /** A directory of the run's own. */
  directory: string;
  /** State directories are left there. */
  keep: string | null;
  /** Where what went over the wire is left, or null. */
  captures: Captures | null;
  /** The real server behind, or null. */
  relay: Relay | null;
  /** What is launched once and opens streams to other servers, or null for a client. */
  server: ServerUnderTest | null;
  /** Null where a program starts the client. */
  byHand: ByHand | null;
  /** Where each client is shut up, or null. */
  confinement: Confinement | null;
  rules: Rules;
  seed: string;
  /** Of the run; for `serve`, of the request that an attempt is made for. */
  readonly signal: AbortSignal | undefined;
  /** Closed when the run ends: until then no port is given back. */
  onEnd(close: () => Promise<void>): void;
}

/** What a client is told to connect to. */
export function dialledAddress({ byHand }: Pick<World, 'byHand'>, via: Via): string {
  if (via === 'dns') return HOSTING;
  return via === 'host' ? 'localhost' : (byHand?.address ?? '127.0.0.1');
}
