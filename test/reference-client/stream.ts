/** Stream headers and features (RFC 6120, section 4), as a correct initiating entity takes them. */
import { type Element, escapeXML } from 'ltx';
import { is } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, askedFor, isElsewhere, nextElement } from './attempt.ts';
import { takeStanza } from './keeping.ts';
import { Refusal } from './refusal.ts';
import { takeResult } from './server-login.ts';

/** Sends a stream header and reads the answer. RFC 6120, section 4.7.1: who we are is said inside TLS only. */
export async function openStream(attempt: Attempt): Promise<void> {
  const { connection, endpoint, has, plan, server } = attempt;
  const to = has('to-of-redirect') && isElsewhere(attempt) ? plan.host : askedFor(attempt, 'to-is-srv-target');
  const named = connection.tls !== null || has('privacy-from');
  const who = server ? server.domain : named ? endpoint.jid : null;
  const from = who === null ? '' : ` from='${escapeXML(who)}'`;
  const content = server ? `'${NS.server}' xmlns:db='${NS.dialback}'` : `'${NS.client}'`;
  connection.send(
    `<?xml version='1.0'?><stream:stream xmlns=${content} xmlns:stream='${NS.streams}'` +
      ` to='${escapeXML(to)}'${from} version='1.0'>`,
  );
  await readHeader(attempt);
}

async function readHeader(attempt: Attempt): Promise<void> {
  const { connection, clear, server } = attempt;
  const event = await connection.next('silent');
  if (event.type !== 'header') throw new Refusal('bad-header', 'no stream header');
  const { xmlns, version, from } = event.attributes;
  if (!connection.tls) clear.from = from ?? null;
  attempt.streamId = event.attributes.id ?? '';
  if (xmlns !== (server ? NS.server : NS.client)) throw new Refusal('bad-header', `a stream of ${xmlns}`);
  // RFC 6120, section 4.7.5: without a version, or below 1.0, there are no features, and so no TLS.
  const major = Number(/^(\d+)\.\d+$/.exec(version ?? '')?.[1] ?? 0);
  if (major !== 1) throw new Refusal(major < 1 ? 'old-version' : 'new-version', `a stream of version ${version}`);
}

export async function readFeatures(attempt: Attempt): Promise<Element> {
  const element = await readElement(attempt, 'no-features');
  if (is(element, 'proceed', NS.tls)) throw new Refusal('unsolicited-proceed');
  if (!is(element, 'features', NS.streams)) throw new Refusal('other-reply', `${element.name} in place of features`);
  return element;
}

/** The next element that is not a stanza which some fault has taken. */
export async function readElement(attempt: Attempt, silence: 'no-features' | 'no-reply'): Promise<Element> {
  for (;;) {
    const element = await nextElement(attempt.connection, silence);
    if (!takeStanza(attempt, element) && !(attempt.server && takeResult(attempt, element))) return element;
  }
}
