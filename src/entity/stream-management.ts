/** XEP-0198 as a server: acknowledgements, and sessions that are taken up again. */
import { randomUUID } from 'node:crypto';
import type { Element } from 'ltx';
import { element, is, localName } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';

/** What outlives a connection. */
interface Session {
  resource: string;
  /** Stanzas of the client that were handled (section 4). */
  handled: number;
}

export interface StreamManagement {
  /** Whether the element was stream management's. */
  receive(received: Element): boolean;
  /** A stanza of the client was handled. */
  count(): void;
}

export interface StreamManagementHost {
  send(sent: Element): void;
  authenticated(): boolean;
  /** Null before one is bound. */
  resource(): string | null;
  /** The session goes on with this resource. */
  resumed(resource: string): void;
  /** An id was given out: it stands for a login. */
  issued(id: string): void;
}

/** A hostile client must not fill the memory with sessions. */
const MOST_SESSIONS = 64;

/** The sessions of one server; what is returned is called for each connection. */
export function createSessions(): (host: StreamManagementHost) => StreamManagement {
  const sessions = new Map<string, Session>();

  return (host) => {
    let current: Session | null = null;

    function enable(request: Element): void {
      const resource = host.resource();
      if (resource === null || current) return fail('unexpected-request');
      current = { resource, handled: 0 };
      const resumable = request.attrs.resume === 'true' || request.attrs.resume === '1';
      if (!resumable || sessions.size >= MOST_SESSIONS) return host.send(element('enabled', NS.sm));
      const id = randomUUID();
      sessions.set(id, current);
      host.issued(id);
      host.send(element('enabled', NS.sm, { id, resume: 'true', max: '300' }));
    }

    function resume({ attrs: { previd } }: Element): void {
      if (!host.authenticated() || host.resource() !== null) return fail('unexpected-request');
      const session = sessions.get(String(previd));
      if (!session) return fail('item-not-found');
      current = session;
      host.send(element('resumed', NS.sm, { previd: String(previd), h: String(session.handled) }));
      host.resumed(session.resource);
    }

    function fail(condition: string): void {
      host.send(element('failed', NS.sm, {}, element(condition, NS.stanzaErrors)));
    }

    return {
      receive(received) {
        const name = localName(received);
        if (!is(received, name, NS.sm)) return false;
        if (name === 'enable') enable(received);
        else if (name === 'resume') resume(received);
        else if (name === 'r' && current) host.send(element('a', NS.sm, { h: String(current.handled) }));
        return true;
      },
      count() {
        if (current) current.handled += 1;
      },
    };
  };
}
