/**
 * The transcript: everything seen on the wire or of the process, in order. The judge sees nothing else, so whatever a
 * verdict may rest on is an observation here, and none is ever changed or removed.
 */
import type { OnDns, OnHttp, OnProcess, OnRun, OnScript } from './transcript/beside.ts';
import type { OnTcp } from './transcript/on-tcp.ts';
import type { OnTls } from './transcript/on-tls.ts';
import type { OnXmpp } from './transcript/on-xmpp.ts';

export type { Claim } from './transcript/beside.ts';
export type { ClientHello } from './transcript/client-hello.ts';
export type {
  ContentNamespace,
  CredentialKind,
  Peer,
  Phase,
  SecretFound,
  Transport,
} from './transcript/terms.ts';

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
      if (happening.layer === 'run' && happening.type === 'end' && dropped > 0) {
        observations.push({ n: observation.n, t: observation.t, layer: 'run', type: 'dropped', observations: dropped });
        observation.n += 1;
      }
      if (hasRoom(observations.length, happening)) {
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

function hasRoom(observations: number, happening: Happening): boolean {
  if (observations < ORDINARY_LIMIT || happening.layer === 'run' || happening.layer === 'process') return true;
  return observations < HARD_LIMIT && isEssential(happening);
}

/** What a verdict rests on. Connections are few: the interceptor sees to that. */
function isEssential(happening: Happening): boolean {
  if ('secrets' in happening || 'credential' in happening) return true;
  if (happening.layer === 'tcp') return happening.type === 'connected' || happening.type === 'refused';
  if (happening.layer === 'script') return true;
  return happening.layer === 'xmpp' && (happening.type === 'bound' || happening.type === 'accepted');
}
