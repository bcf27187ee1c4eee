/**
 * A correct server for the tests of the scenarios: it opens streams to others as the reference client opens its own, and
 * answers, as authoritative server, what they ask about its dialback keys. Faults are those of the client, and some more.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Element } from 'ltx';
import type { Endpoint } from '../../harness/client/client.ts';
import { POLICIES, type ServerClient, type Trigger } from '../../harness/client/server.ts';
import { functionServer, type StartServer } from '../../harness/client/server-function.ts';
import { element, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, type Identity, nextElement } from '../reference-client/attempt.ts';
import { serverLogin, serverSession } from '../reference-client/client.ts';
import type { Fault } from '../reference-client/faults.ts';
import { asciiOf } from '../reference-client/names.ts';
import { Refusal, reasonOf } from '../reference-client/refusal.ts';
import { askAbout } from '../reference-client/server-login.ts';
import { answerIq, end } from '../reference-client/session.ts';
import { type Answer, type Ask, listen } from './listener.ts';
import { createPiggyback } from './piggyback.ts';
import { createLookUp } from './resolver.ts';
import { findServers } from './routes.ts';

export interface ReferenceServerOptions {
  faults?: Iterable<Fault> | undefined;
  /** One of those that have a meaning by themselves. Default: `authenticated`. */
  policy?: 'strict' | 'authenticated' | 'encrypted' | 'opportunistic' | undefined;
  /** As for the reference client. */
  patience?: number | undefined;
}

interface Route {
  /** Without a certificate: that is the identity's. */
  told: Endpoint;
  dane: Attempt['dane'];
  lax: boolean;
}

/** What `runScenarios` takes. */
export function referenceServer(options: ReferenceServerOptions = {}): ServerClient {
  const { policy = 'authenticated' } = options;
  return functionServer(startReference(options), { label: 'reference-server', policy });
}

/** The same as a driver starts it. */
export function startReference({ faults, patience }: ReferenceServerOptions): StartServer {
  return async ({ domain, certFile, keyFile, caFile, anchorFile, https, stateDir, dns, policy }, returned) => {
    const choices = POLICIES[policy];
    if (!choices) throw new Error(`The reference server knows no policy "${policy}".`);
    const secret = randomBytes(32);
    const identity: Identity = {
      domain,
      certificate: readFileSync(certFile, 'utf8'),
      key: readFileSync(keyFile, 'utf8'),
      policy: choices,
      https,
      // XEP-0185.
      dialbackKey: (to, streamId) => createHmac('sha256', secret).update(`${to} ${domain} ${streamId}`).digest('hex'),
    };
    const switched = new Set(faults);
    const has = (fault: Fault) => switched.has(fault);
    const lookUp = createLookUp(dns ?? '', anchorFile === null ? null : readFileSync(anchorFile, 'utf8'), has);
    const asking = new AbortController();
    const rest = { via: 'ip', session: 'once', password: '', certFile: null, keyFile: null, caFile, stateDir } as const;
    async function* found(remote: string, tls: Endpoint['tls']): AsyncGenerator<Route> {
      for await (const { dane, lax, ...at } of findServers(asciiOf(remote), tls, lookUp, has))
        yield { told: { ...at, ...rest, domain: remote, jid: domain }, dane, lax };
    }
    async function firstFound(remote: string, tls: Endpoint['tls']): Promise<Route> {
      for await (const route of found(remote, tls)) return route;
      throw new Refusal('unreachable', `DNS names no server for ${remote}`);
    }
    const ask: Ask = async (remote, key, streamId) => {
      const { told, dane } = await firstFound(remote, 'starttls');
      let answer = 'error';
      const instead = askAbout(key, streamId, (type) => {
        answer = type;
      });
      const { connection } = await serverSession(told, asking.signal, {
        faults,
        patience,
        server: identity,
        dane,
        instead,
      });
      await connection.end();
      return answer;
    };
    const answer: Answer = async (stanza, to) => {
      const { told, dane } = await firstFound(to, 'direct');
      const { connection } = await serverSession(told, asking.signal, { faults, patience, server: identity, dane });
      connection.send(serialise(stanza, SCOPE));
      await connection.end();
    };
    const listener = await listen({ identity, ask, answer, has });
    const piggyback = createPiggyback();
    const sessions = new Map<number, AbortController>();
    /** What it remembers of each, by where it was. */
    const logins = new Map<number, Map<string, () => Promise<Attempt>>>();

    /** RFC 2782: whoever cannot be reached is followed by the next one; a server that was reached has spoken for all. */
    async function logIn(id: number, signal: AbortSignal, routes: AsyncIterable<Route>): Promise<Attempt> {
      const known = logins.get(id) ?? new Map<string, () => Promise<Attempt>>();
      logins.set(id, known);
      let last: unknown = new Refusal('unreachable', 'DNS names no server');
      for await (const { told, dane, lax } of routes) {
        const place = `${told.host}:${told.port}`;
        const all: Fault[] = [...switched, ...(lax ? (['continues-in-clear'] as const) : [])];
        const login = known.get(place) ?? serverLogin(told, signal, { faults: all, patience, server: identity, dane });
        known.set(place, login);
        try {
          return await login();
        } catch (error) {
          if (reasonOf(error) !== 'unreachable' && !has('clear-at-next-target')) throw error;
          last = error;
        }
      }
      throw last;
    }

    async function send({ id, from, to, endpoint }: Trigger): Promise<void> {
      const controller = sessions.get(id) ?? new AbortController();
      sessions.set(id, controller);
      const remote = to.slice(to.indexOf('@') + 1);
      try {
        const body = element('body', undefined, {}, 'Wherefore art thou?');
        const stanza = serialise(element('message', NS.server, { from, to, type: 'chat' }, body), SCOPE);
        if (piggyback.ride(endpoint, remote, stanza)) return;
        const attempt = await logIn(id, controller.signal, found(remote, endpoint.tls));
        attempt.connection.send(stanza);
        await attend(attempt, piggyback.carry(attempt));
      } catch (error) {
        returned({ id, condition: error instanceof Error ? error.message : 'remote-server-not-found' });
      }
    }

    return {
      ready: { s2s: listener.address, policy: choices, version: '1' },
      async trigger(trigger) {
        void send(trigger);
      },
      reset({ id }) {
        sessions.get(id)?.abort();
        sessions.delete(id);
        logins.delete(id);
      },
      async end() {
        asking.abort();
        for (const controller of sessions.values()) controller.abort();
        await listener.close();
      },
    };
  };
}

const SCOPE = { xmlns: NS.server };

/** Until the stream is over. What comes back on it is answered where that was agreed on, and to whom has proved who it is. */
async function attend(attempt: Attempt, told: (received: Element) => void): Promise<void> {
  const { connection, bidi, endpoint, has, trusted } = attempt;
  try {
    for (;;) {
      const stanza = await nextElement(connection, null);
      told(stanza);
      const from = String(stanza.attrs.from ?? '');
      const isProven = trusted && from.slice(from.indexOf('@') + 1) === endpoint.domain;
      if (bidi && (isProven || has('answers-any-from'))) answerIq(connection, stanza);
      // RFC 6120, section 8.1.2.2.
      else if (bidi) break;
    }
  } finally {
    await end(attempt);
  }
}
