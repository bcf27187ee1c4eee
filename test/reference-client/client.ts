/**
 * A correct XMPP initiating entity for the tests of the scenarios, with named faults: each is one small deviation, so
 * that a scenario which does not see it is a scenario that does not work.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connect, Endpoint } from '../../harness/client/client.ts';
import type { Claim } from '../../src/transcript.ts';
import type { Attempt, Identity, Memory, Plan } from './attempt.ts';
import { openConnection } from './connection.ts';
import { fallBack, followed, redirectedTo } from './fallback.ts';
import { type Fault, type Has, withThoseOnReconnect } from './faults.ts';
import { createReading } from './reading.ts';
import { Refusal, reasonOf } from './refusal.ts';
import { keepSession } from './resumption.ts';
import { findRoutes, type Route } from './routes.ts';
import { tlsClaim } from './secure.ts';
import { answerKept, end, serve } from './session.ts';
import { negotiate } from './starttls.ts';

export interface ReferenceOptions {
  faults?: Iterable<Fault> | undefined;
  /** Milliseconds without a byte after which it gives up; five times as long for a TLS handshake. Default 300. */
  patience?: number | undefined;
  /** How often it tries again, in the same way, within one login. Default 0. */
  retries?: number | undefined;
  /** Whether it asks for an OCSP response, which is as correct as not to. Default true. */
  asksForStaple?: boolean | undefined;
  /** `stay`: milliseconds until it connects again, doubled with each time in a row up to 16 times. Default 50. */
  reconnectDelay?: number | undefined;
  /** `stay`: it gives up after so many failed logins in a row. Default 3. */
  attempts?: number | undefined;
}

/** Connections within one login that a fault falls back to. */
const MAX_FALLBACKS = 4;

/** Rejects with a {@link Refusal} where it was not online, or with `stay` where it cannot get back. */
export function referenceClient(options: ReferenceOptions = {}): Connect {
  const faults = new Set(options.faults);
  const has: Has = (fault) => faults.has(fault);
  return async (endpoint, signal) => {
    const login = createLogin(endpoint, signal, has, options);
    try {
      return endpoint.session === 'stay' ? await stay(login, signal, has, options) : await once(login);
    } catch (error) {
      if (has('claims-online')) return { result: 'online' };
      throw error;
    }
  };
}

/**
 * One session of a server: everything as for a client, but for who it is.
 *
 * @throws Refusal where it came to none.
 */
export async function serverSession(
  endpoint: Endpoint,
  signal: AbortSignal,
  options: ReferenceOptions & { server: Identity; dane?: Attempt['dane']; instead?: Attempt['instead'] },
): Promise<Attempt> {
  const faults = new Set(options.faults);
  return createLogin(endpoint, signal, (fault) => faults.has(fault), options)();
}

/** The same again and again, by a server that remembers what it has met there. */
export function serverLogin(
  endpoint: Endpoint,
  signal: AbortSignal,
  options: ReferenceOptions & { server: Identity; dane?: Attempt['dane'] },
): () => Promise<Attempt> {
  const faults = new Set(options.faults);
  return createLogin(endpoint, signal, (fault) => faults.has(fault), options);
}

/** @param redirect where the session before was sent on to. */
type Login = (redirect?: string | null) => Promise<Attempt>;

async function once(login: Login): Promise<Claim> {
  const attempt = await login();
  const claim = claimOf(attempt);
  answerKept(attempt);
  await end(attempt);
  return claim;
}

async function stay(login: Login, signal: AbortSignal, has: Has, options: ReferenceOptions): Promise<Claim> {
  const { reconnectDelay = 50, attempts = 3 } = has('reconnects-at-once')
    ? { reconnectDelay: 0, attempts: 12 }
    : options;
  let claim: Claim | undefined;
  let failures = 0;
  let redirect: string | null = null;
  for (let round = 0; !signal.aborted; round += 1) {
    try {
      const attempt = await login(redirect);
      redirect = null;
      claim = claimOf(attempt);
      failures = 0;
      redirect = await serve(attempt);
    } catch (error) {
      failures += 1;
      redirect = null;
      if (failures >= attempts) throw error;
    }
    await delay(reconnectDelay * 2 ** Math.min(round, 4), undefined, { signal }).catch(() => undefined);
  }
  if (!claim) throw new Refusal('aborted');
  return claim;
}

function claimOf(attempt: Attempt): Claim {
  const tls = tlsClaim(attempt);
  attempt.memory.leaf = attempt.chain[0] ?? null;
  if (attempt.endpoint.session === 'stay') keepSession(attempt);
  return { result: 'online', ...(tls && { tls }) };
}

/** XEP-0198, section 5: where the server would have it come back to. Tried once. */
function preferred({ resumable }: Memory, first: Plan, has: Has): Plan | null {
  const plan = redirectedTo(resumable?.location ?? null, first);
  if (resumable) resumable.location = null;
  return plan && { ...plan, redirected: has('follows-location') };
}

/** One login each time, with what a fault does to get one after all. */
function createLogin(
  endpoint: Endpoint,
  signal: AbortSignal,
  always: Has,
  options: ReferenceOptions & { server?: Identity; dane?: Attempt['dane']; instead?: Attempt['instead'] },
): Login {
  const { patience = 300, retries = 0, asksForStaple = true, server = null, dane = null, instead = null } = options;
  const memory: Memory = {
    wasOnline: false,
    probed: false,
    session: null,
    leaf: null,
    shown: new Set(),
    usedScram: false,
    redirectUnread: false,
    signal,
    nonce: null,
    token: null,
    resumable: null,
  };
  const strict = withThoseOnReconnect(always, () => memory.wasOnline);

  async function connect(
    endpoint: Endpoint,
    plan: Plan,
    lax: boolean,
  ): Promise<Attempt | { failed: Refusal; secured: boolean }> {
    const has: Has = (fault) => (lax && fault === 'continues-in-clear') || strict(fault);
    const reading = createReading(has);
    let attempt: Attempt | null = null;
    try {
      const connection = await openConnection({ ...plan, signal, patience, reading });
      const clear = { from: null, features: null };
      const kept = { stanzas: [], features: null, success: false };
      attempt = {
        endpoint,
        server,
        dane,
        streamId: '',
        bidi: false,
        instead,
        unsolicited: false,
        trusted: true,
        has,
        plan,
        memory,
        connection,
        offered: false,
        chain: [],
        clear,
        sawBanner: reading.sawBanner,
        kept,
      };
      const way = await negotiate(attempt);
      await way(attempt);
      memory.wasOnline = true;
      return attempt;
    } catch (error) {
      const secured = attempt?.connection.tls != null;
      await attempt?.connection.end();
      if (!(error instanceof Refusal)) throw error;
      return { failed: error, secured };
    }
  }

  async function logIn({ endpoint, address, lax }: Route, redirect: string | null): Promise<Attempt> {
    const { host, port } = endpoint;
    const how = { clear: false, maxVersion: 'TLSv1.3', redirected: false, asksForStaple } as const;
    const first: Plan = { host, port, address, ...how };
    const sentOn = strict('follows-no-redirect') ? null : redirectedTo(redirect, first);
    let plan: Plan = sentOn ?? preferred(memory, first, strict) ?? first;
    let hops = sentOn ? 1 : 0;
    for (let tries = 1; ; tries += 1) {
      const result = await connect(endpoint, plan, lax);
      if (!('failed' in result)) return result;
      const { failed, secured } = result;
      if (failed.redirect !== null && !redirectedTo(failed.redirect, first)) memory.redirectUnread = true;
      const instead = tries > MAX_FALLBACKS + hops ? null : fallBack(strict, failed, plan, secured, first);
      const onward = secured && !instead ? followed(strict, failed, first, hops) : null;
      if (onward) hops += 1;
      const next = instead ?? onward;
      if (!next && (tries > retries + hops || signal.aborted)) throw failed;
      plan = next ?? first;
    }
  }

  const told: Route = { endpoint, address: endpoint.host, lax: false };

  return async (redirect = null) => {
    const routes = endpoint.via === 'dns' ? await findRoutes(endpoint, strict) : [told];
    for (const [index, route] of routes.entries()) {
      try {
        return await logIn(route, redirect);
      } catch (error) {
        // RFC 2782: whoever cannot be reached is followed by the next one.
        const goesOn = reasonOf(error) === 'unreachable' || strict('clear-after-refusal');
        if (index === routes.length - 1 || !goesOn) throw error;
      }
    }
    throw new Refusal('unreachable', `DNS names no server for ${endpoint.domain}`);
  };
}
