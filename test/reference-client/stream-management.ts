/** The client of XEP-0198, as far as taking up a session goes: only after a login, and where the domain is verified. */
import type { Element } from 'ltx';
import { childOf, element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, isStanza, nextElement } from './attempt.ts';
import { answerIq } from './session.ts';

export interface Resumable {
  id: string;
  /** Where the server would like it to come back to: an address, and no identity. */
  location: string | null;
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
