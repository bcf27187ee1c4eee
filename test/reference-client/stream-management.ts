/** The client of XEP-0198, as far as taking up a session goes: only after a login, and where the domain is verified. */
import type { Element } from 'ltx';
import { childOf, childrenOf, element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, isStanza, nextElement } from './attempt.ts';
import { answerIq } from './session.ts';

export interface Resumable {
  id: string;
  /** Where the server would like it to come back to: an address, and no identity. */
  location: string | null;
}

/** What a login over SASL2 carries (XEP-0198, section 9). */
export interface Inline {
  resume: Element | null;
  /** For inside of bind. */
  enable: Element | null;
}

/** What is offered inside of a login, and of use: the last session is taken up, or a new one can be. */
export function inlineOf({ memory, endpoint }: Attempt, features: Element): Inline {
  const offered = inlineIn(features);
  const bind = offered && childOf(offered, 'bind', NS.bind2);
  const more = bind && childOf(bind, 'inline');
  const enables = more && childrenOf(more, 'feature').some(({ attrs }) => attrs.var === NS.sm);
  const { resumable } = memory;
  return {
    resume:
      resumable && offered && childOf(offered, 'sm', NS.sm)
        ? element('resume', NS.sm, { previd: resumable.id, h: '0' })
        : null,
    enable: enables && endpoint.session === 'stay' ? element('enable', NS.sm, { resume: 'true' }) : null,
  };
}

export function inlineIn(features: Element): Element | undefined {
  const authentication = childOf(features, 'authentication', NS.sasl2);
  return authentication && childOf(authentication, 'inline', NS.sasl2);
}

/** @returns whether the session goes on that there was. */
export function keepInline({ memory }: Attempt, success: Element): boolean {
  if (childOf(success, 'resumed', NS.sm)) return true;
  const bound = childOf(success, 'bound', NS.bind2);
  const enabled = bound && childOf(bound, 'enabled', NS.sm);
  const id: unknown = enabled?.attrs.id;
  memory.resumable = typeof id === 'string' ? { id, location: null } : null;
  return false;
}

/** Takes up the last session. @returns whether there was one, and the server still had it. */
export async function resume({ connection, memory }: Attempt, features: Element): Promise<boolean> {
  const { resumable } = memory;
  if (!resumable || !childOf(features, 'sm', NS.sm)) return false;
  memory.resumable = null;
  connection.send(serialise(element('resume', NS.sm, { previd: resumable.id, h: '0' })));
  const resumed = is(await nextElement(connection, 'silent'), 'resumed', NS.sm);
  if (resumed) memory.resumable = resumable;
  return resumed;
}

/** Asks for a session that can be taken up. */
export async function enable({ connection, memory, endpoint }: Attempt, features: Element): Promise<void> {
  if (endpoint.session !== 'stay' || !childOf(features, 'sm', NS.sm)) return;
  connection.send(serialise(element('enable', NS.sm, { resume: 'true' })));
  for (;;) {
    const reply = await nextElement(connection, 'silent');
    if (isStanza(reply)) {
      answerIq(connection, reply);
      continue;
    }
    const { id, location } = reply.attrs;
    if (is(reply, 'enabled', NS.sm) && id) memory.resumable = { id, location: location ?? null };
    return;
  }
}
