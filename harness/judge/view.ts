/** A transcript seen the way that the rules ask about it: by connection, and by who sat at the other end. */
import type { Claim, Happening, Observation, Peer } from '../../src/transcript.ts';

type Of<Layer extends string, Type extends string> = { n: number; t: number } & Extract<
  Happening,
  { layer: Layer; type: Type }
>;

export type ClientElement = Of<'xmpp', 'element'>;

/** Something of the credential phase that is no whole element of a stream: it counts as one. */
const asElement = (o: Of<'xmpp', 'malformed'> | Of<'tcp', 'bytes'>): ClientElement => ({
  ...o,
  layer: 'xmpp',
  type: 'element',
  name: '',
  ns: '',
  xml: o.text,
});

export interface View {
  observations: readonly Observation[];
  /** First-level elements from the client. */
  elements: ClientElement[];
  /** The peer of a connection once TLS stands, or null while it is in clear. */
  peerOf(connection: number): Peer | null;
  endpointOf(connection: number): string;
  connections: number[];
  /** Those on which the client has done more than to begin a stream, or the script has acted, in this order: what a script counts. */
  spoken: number[];
  claim: Claim | null;
  exit: Of<'process', 'exit'> | null;
}

export function viewOf(observations: readonly Observation[]): View {
  const peers = new Map<number, Peer>();
  const endpoints = new Map<number, string>();
  const elements: ClientElement[] = [];
  const spoken = new Set<number>();
  const called = new Set<number>();
  let claim: Claim | null = null;
  let exit: View['exit'] = null;
  for (const o of observations) {
    // What Mallory opens herself is no doing of the client's.
    if (o.layer === 'tcp' && o.type === 'connected' && o.direction === 'out') called.add(o.connection);
    if ('connection' in o && called.has(o.connection)) continue;
    if ('connection' in o && counts(o)) spoken.add(o.connection);
    if (o.layer === 'tls' && o.type === 'handshake') peers.set(o.connection, o.peer);
    else if (o.layer === 'tcp' && o.type === 'connected') endpoints.set(o.connection, o.endpoint);
    else if (o.layer === 'xmpp' && o.type === 'element' && o.from === 'client') elements.push(o);
    else if ('credential' in o && (o.type === 'malformed' || o.type === 'bytes')) elements.push(asElement(o));
    else if (o.layer === 'process' && o.type === 'claim') claim = { ...(claim as Claim | null), ...o.claim };
    else if (o.layer === 'process' && o.type === 'exit') exit = o;
  }
  return {
    observations,
    elements,
    peerOf: (connection) => peers.get(connection) ?? null,
    endpointOf: (connection) => endpoints.get(connection) ?? 'main',
    connections: [...endpoints.keys()],
    spoken: [...spoken],
    claim,
    exit,
  };
}

/** As the interceptor counts: some clients open several connections at a time, and go on with one. */
export function counts(o: Observation): boolean {
  if (o.layer === 'script') return true;
  return 'from' in o && o.from === 'client' && !['closed', 'stream-open', 'stream-close'].includes(o.type);
}

export function pick<Layer extends Observation['layer'], Type extends string>(
  observations: readonly Observation[],
  layer: Layer,
  type: Type,
): Of<Layer, Type>[] {
  return observations.filter((o) => o.layer === layer && 'type' in o && o.type === type) as unknown as Of<
    Layer,
    Type
  >[];
}

/** Bound, or authenticated for clients that never bind. Between servers: a stanza was accepted. */
export const sessions = (view: View) => {
  const bound = pick(view.observations, 'xmpp', 'bound');
  if (bound.length > 0) return bound;
  const accepted = pick(view.observations, 'xmpp', 'accepted');
  if (accepted.length > 0) return accepted;
  // A success that the script has changed says nothing of the client.
  const changed = pick(view.observations, 'script', 'action').filter(({ point }) => point === 'success');
  const isChanged = (connection: number) => changed.some((action) => action.connection === connection);
  return pick(view.observations, 'xmpp', 'authenticated').filter(({ connection }) => !isChanged(connection));
};
