/** SASL in both of its profiles: RFC 6120, section 6, and SASL2 (XEP-0388) with inline bind (XEP-0386). */
import type { Element } from 'ltx';
import { childOf, childrenOf, element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, localpart, nextElement } from './attempt.ts';
import { isSuccess } from './keeping.ts';
import { Refusal } from './refusal.ts';
import { type Exchange, startExchange, tlsExporter } from './sasl.ts';

export interface Profile {
  ns: string;
  start(exchange: Exchange): Element;
  /** Additional data with success, in base 64. */
  additional(success: Element): string | undefined;
}

const base64 = (octets: Buffer) => octets.toString('base64') || '=';

export const sasl: Profile = {
  ns: NS.sasl,
  start: ({ mechanism, initial }) => element('auth', NS.sasl, { mechanism }, base64(initial)),
  additional: (success) => success.getText(),
};

export const sasl2: Profile = {
  ns: NS.sasl2,
  start: ({ mechanism, initial }) =>
    element(
      'authenticate',
      NS.sasl2,
      { mechanism },
      element('initial-response', undefined, {}, base64(initial)),
      element('bind', NS.bind2, {}, element('tag', undefined, {}, 'reference')),
    ),
  additional: (success) => childOf(success, 'additional-data', NS.sasl2)?.getText(),
};

/** The mechanisms that features offer in a profile. */
export function mechanismsIn(features: Element, { ns }: Profile): string[] {
  const list = childOf(features, ns === NS.sasl2 ? 'authentication' : 'mechanisms', ns);
  return list ? childrenOf(list, 'mechanism', ns).map((mechanism) => mechanism.getText().trim()) : [];
}

/**
 * Logs in with the best mechanism that is offered and returns the `<success/>`.
 *
 * @param types of channel binding that the features list (XEP-0440); null where they say nothing.
 */
export async function authenticate(
  attempt: Attempt,
  profile: Profile,
  offered: string[],
  types: string[] | null,
): Promise<Element> {
  const { connection, endpoint, has } = attempt;
  const account = { user: localpart(attempt), password: endpoint.password };
  const binding = types === null || types.includes('tls-exporter') ? tlsExporter(connection.tls) : null;
  const exchange = startExchange(offered, account, binding);
  if (!exchange) throw new Refusal('login', `no mechanism in common: ${offered.join(', ')}`);
  connection.send(serialise(profile.start(exchange)));
  for (;;) {
    const reply = await nextElement(connection, 'silent');
    if (is(reply, 'challenge', profile.ns)) {
      const response = attemptTo(() => exchange.respond(decode(reply.getText()) ?? Buffer.alloc(0)));
      connection.send(serialise(element('response', profile.ns, {}, base64(response))));
    } else if (isSuccess(reply) && (has('early-success') || is(reply, 'success', profile.ns))) {
      if (!has('early-success')) attemptTo(() => exchange.finish(decode(profile.additional(reply))));
      return reply;
    } else if (!(has('keeps-buffer') && is(reply, 'features', NS.streams))) {
      throw new Refusal('login', `${reply.name}: ${reply.getChildElements()[0]?.getName()}`);
    }
  }
}

function attemptTo<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new Refusal('login', error instanceof Error ? error.message : String(error));
  }
}

/** Null where there is nothing; `=` is the empty message. */
function decode(text: string | undefined): Buffer | null {
  return text ? Buffer.from(text.trim() === '=' ? '' : text, 'base64') : null;
}
