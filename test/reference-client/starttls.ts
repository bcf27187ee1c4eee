/** STARTTLS (RFC 6120, section 5), or TLS from the first octet (XEP-0368). */
import { childOf, is, localName } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, nextElement } from './attempt.ts';
import { anew, laterFeatures, temptation, wayInSpiteOf } from './in-clear.ts';
import { isSuccess, keepLeftover, takeStanza } from './keeping.ts';
import { bestWay, bind, logIn, type Way } from './login.ts';
import { Refusal } from './refusal.ts';
import { secure } from './secure.ts';
import { askForBidi } from './server-login.ts';
import { openStream, readElement, readFeatures } from './stream.ts';

/** Brings TLS up and returns how to log in. Of a correct client nothing else ever comes out. */
export async function negotiate(attempt: Attempt): Promise<Way> {
  try {
    if (attempt.plan.clear) return anew;
    if (attempt.endpoint.tls === 'direct') return await inside(attempt);
    return await starttls(attempt);
  } catch (error) {
    const way = wayInSpiteOf(error, attempt);
    if (way) return way;
    throw error;
  }
}

async function starttls(attempt: Attempt): Promise<Way> {
  const { connection, has, clear } = attempt;
  await openStream(attempt);
  clear.features = await readFeatures(attempt);
  askForBidi({ ...attempt, features: clear.features });
  const tempted = temptation(clear.features, attempt) ?? (has('last-features-win') && (await laterFeatures(attempt)));
  if (tempted) return tempted;
  const offer = childOf(clear.features, 'starttls', NS.tls);
  const isDemanded = (attempt.dane?.tlsa.length ?? 0) > 0;
  if (!offer && attempt.server?.policy.encryption === 'optional' && !isDemanded) {
    const inClear = bestWay(clear.features, attempt);
    if (inClear) return inClear;
  }
  if (has('deterred') && !offer) throw new Refusal('no-starttls');
  if (has('needs-required') && !(offer && childOf(offer, 'required'))) throw new Refusal('interop');

  await refuseUnasked(attempt);
  // RFC 7590, section 3.1: whether it was offered or not.
  connection.send(`<starttls xmlns='${NS.tls}'/>${has('newline-after-starttls') ? '\n' : ''}`);
  const reply = await readElement(attempt, 'no-reply');
  if (isSuccess(reply) && has('early-success')) return (attempt) => bind(attempt, null);
  const proceeds = is(reply, 'proceed', NS.tls) || (has('proceed-by-local-name') && localName(reply) === 'proceed');
  if (!proceeds)
    throw new Refusal(is(reply, 'failure', NS.tls) ? 'failure' : 'other-reply', `${reply.name}, no proceed`);
  // Whoever wrote this could not encrypt it.
  const leftover = connection.unread();
  if (leftover.length > 0 && !keepLeftover(attempt, leftover)) throw new Refusal('bytes-after-proceed');
  return inside(attempt);
}

async function inside(attempt: Attempt): Promise<Way> {
  await secure(attempt);
  return attempt.instead ?? logIn;
}

/** Between the features and what we ask for next there is nothing for the other side to say. */
async function refuseUnasked(attempt: Attempt): Promise<void> {
  while (attempt.connection.pending()) {
    const element = await nextElement(attempt.connection, 'silent');
    if (takeStanza(attempt, element)) continue;
    throw new Refusal(
      is(element, 'proceed', NS.tls) ? 'unsolicited-proceed' : 'other-reply',
      `${element.name}, unasked`,
    );
  }
}
