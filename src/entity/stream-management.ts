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
  /** For a resource that is bound in the same breath: the answer to a request inside of bind (section 9.1). */
  enableInline(request: Element, resource: string): Element;
  /** The answer to a request inside of a login, and the resource of the session; null where it was not taken up (section 9.2). */
  resumeInline(request: Element): { answer: Element; resource: string | null };
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

    function enabled({ attrs }: Element, resource: string | null): Element {
      if (resource === null || current) return failed('unexpected-request');
      current = { resource, handled: 0 };
      const resumable = attrs.resume === 'true' || attrs.resume === '1';
      if (!resumable || sessions.size >= MOST_SESSIONS) return element('enabled', NS.sm);
      const id = randomUUID();
      sessions.set(id, current);
      host.issued(id);
      return element('enabled', NS.sm, { id, resume: 'true', max: '300' });
    }

    function resumed({ attrs: { previd } }: Element): { answer: Element; resource: string | null } {
      const session = sessions.get(String(previd));
      if (!session) return { answer: failed('item-not-found'), resource: null };
      current = session;
      const answer = element('resumed', NS.sm, { previd: String(previd), h: String(session.handled) });
      return { answer, resource: session.resource };
    }

    function resume(request: Element): void {
      if (!host.authenticated() || host.resource() !== null) return host.send(failed('unexpected-request'));
      const { answer, resource } = resumed(request);
      host.send(answer);
      if (resource !== null) host.resumed(resource);
    }

    return {
      receive(received) {
        const name = localName(received);
        if (!is(received, name, NS.sm)) return false;
        if (name === 'enable') host.send(enabled(received, host.resource()));
        else if (name === 'resume') resume(received);
        else if (name === 'r' && current) host.send(element('a', NS.sm, { h: String(current.handled) }));
        return true;
      },
      count() {
        if (current) current.handled += 1;
      },
      enableInline: enabled,
      resumeInline: resumed,
    };
  };
}

const failed = (condition: string): Element => element('failed', NS.sm, {}, element(condition, NS.stanzaErrors));
