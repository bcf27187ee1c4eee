/** SASL in both of its profiles: RFC 6120, section 6, and SASL2 (XEP-0388) with inline bind (XEP-0386). */
import type { TLSSocket } from 'node:tls';
import type { Element } from 'ltx';
import { childOf, childrenOf, element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, localpart, nextElement } from './attempt.ts';
import { aboutTokens, keepToken, tokenExchange } from './fast.ts';
import { isSuccess } from './keeping.ts';
import { Refusal } from './refusal.ts';
import {
  type Account,
  type Binding,
  type Context,
  type Exchange,
  exchangeWith,
  startExchange,
  tlsExporter,
  tlsUnique,
} from './sasl.ts';
import type { Inline } from './stream-management.ts';

export interface Profile {
  ns: string;
  /** @param bind for inside of bind. */
  start(exchange: Exchange, more?: Element[], bind?: Element[]): Element;
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
  start: ({ mechanism, initial }, more = [], bind = []) =>
    element(
      'authenticate',
      NS.sasl2,
      { mechanism },
      element('initial-response', undefined, {}, base64(initial)),
      element('bind', NS.bind2, {}, element('tag', undefined, {}, 'reference'), ...bind),
      ...more,
    ),
  additional: (success) => childOf(success, 'additional-data', NS.sasl2)?.getText(),
};

/** The mechanisms that features offer in a profile. */
export function mechanismsIn(features: Element, { ns }: Profile): string[] {
  const list = childOf(features, ns === NS.sasl2 ? 'authentication' : 'mechanisms', ns);
  return list ? childrenOf(list, 'mechanism', ns).map((mechanism) => mechanism.getText().trim()) : [];
}

/**
 * Logs in with the best mechanism that is offered and returns the `<success/>`; null where a fault goes on without one.
 *
 * @param types of channel binding that the features list (XEP-0440); null where they say nothing.
 * @param fast the mechanisms that they offer for tokens.
 */
export async function authenticate(
  attempt: Attempt,
  profile: Profile,
  offered: string[],
  types: string[] | null,
  fast: string[] = [],
  inline: Inline = { resume: null, enable: null },
): Promise<Element | null> {
  const { connection, endpoint, has, memory } = attempt;
  const account = { user: localpart(attempt), password: endpoint.password };
  const certified = Boolean(endpoint.certFile);
  const context = { has, memory, certified, offered, types, binding: bindingFor(attempt, profile, offered, types) };
  // XEP-0388, section 5: no password itself over SASL2.
  const acceptable =
    profile === sasl2 && !has('plain-over-sasl2') ? offered.filter((name) => name !== 'PLAIN') : offered;
  const withToken = tokenExchange(attempt, fast);
  const first = withToken ?? startExchange(account, { ...context, offered: acceptable });
  if (!first) throw new Refusal('login', `no mechanism in common: ${offered.join(', ')}`);
  let exchange: Exchange = first;
  const more = endpoint.session === 'stay' ? aboutTokens(attempt, fast, withToken !== null) : [];
  const { resume, enable } = inline;
  connection.send(serialise(profile.start(exchange, [...(resume ? [resume] : []), ...more], enable ? [enable] : [])));
  for (;;) {
    const reply = await nextElement(connection, 'silent');
    if (is(reply, 'challenge', profile.ns)) {
      const { respond } = exchange;
      const response = await attemptTo(() => respond(decode(reply.getText()) ?? Buffer.alloc(0)));
      connection.send(serialise(element('response', profile.ns, {}, base64(response))));
    } else if (isSuccess(reply) && (has('early-success') || is(reply, 'success', profile.ns))) {
      const { finish } = exchange;
      if (!has('early-success')) await attemptTo(() => finish(decode(profile.additional(reply))));
      keepToken(attempt, reply, more);
      return reply;
    } else if (is(reply, 'continue', NS.sasl2) && has('takes-any-task')) {
      const task = childOf(childOf(reply, 'tasks', NS.sasl2) ?? reply, 'task', NS.sasl2)?.getText();
      connection.send(serialise(element('next', NS.sasl2, { task })));
    } else if (!(has('keeps-buffer') && is(reply, 'features', NS.streams))) {
      const next = is(reply, 'failure', profile.ns)
        ? (downTheLadder(exchange, account, context) ?? (await fromNewList(attempt, profile, account, context)))
        : null;
      if (next === 'iq-auth') return null;
      if (!next) throw new Refusal('login', `${reply.name}: ${reply.getChildElements()[0]?.getName()}`);
      exchange = next;
      connection.send(serialise(profile.start(exchange)));
    }
  }
}

/** What to bind to, or null. @throws Refusal for lists that only an attacker sends (XEP-0440, section 3). */
function bindingFor(
  { connection, has }: Attempt,
  profile: Profile,
  offered: string[],
  types: string[] | null,
): Binding | null {
  const binding = has('no-channel-binding') ? null : bindingOf(connection.tls);
  if (binding === null || has('binds-as-listed')) return binding;
  const plus = offered.some((name) => name.endsWith('-PLUS'));
  const common = types === null || types.includes(binding.type);
  if (has('denies-binding')) return plus && common ? binding : null;
  const noneInCommon = plus && !common && !types.includes('tls-server-end-point');
  const strange = noneInCommon || (types !== null && !plus) || (types === null && plus && profile === sasl2);
  if (strange && !has('ignores-binding-list')) throw new Refusal('login', 'the list of channel bindings does not fit');
  return common ? binding : null;
}

/** The default of its version (RFC 9266, section 3; RFC 5802, section 6.1). */
function bindingOf(tls: TLSSocket | null): Binding | null {
  const exporter = tlsExporter(tls);
  if (exporter) return { type: 'tls-exporter', data: exporter };
  const unique = tlsUnique(tls);
  return unique && { type: 'tls-unique', data: unique };
}

/** What a fault tries after a failure. A correct client has tried the best that there is, and leaves it at that. */
function downTheLadder({ mechanism }: Exchange, account: Account, context: Context): Exchange | 'iq-auth' | null {
  const { has, offered } = context;
  if (has('password-after-external') && mechanism === 'EXTERNAL')
    return startExchange(account, { ...context, certified: false });
  const unbound = mechanism.replace(/-PLUS$/, '');
  if (has('unbound-after-failure') && unbound !== mechanism && offered.includes(unbound))
    return exchangeWith(unbound, account, { ...context, binding: null });
  if (has('gives-up-binding') && unbound !== mechanism && offered.includes(unbound))
    return exchangeWith(unbound, account, { ...context, offered: offered.filter((name) => !name.endsWith('-PLUS')) });
  if (has('plain-after-failure') && mechanism !== 'PLAIN' && offered.includes('PLAIN'))
    return exchangeWith('PLAIN', account, context);
  return has('iq-auth-after-failure') ? 'iq-auth' : null;
}

async function fromNewList({ connection, has }: Attempt, profile: Profile, account: Account, context: Context) {
  if (!has('follows-new-list')) return null;
  const features = await nextElement(connection, 'silent');
  const memory = { ...context.memory, usedScram: false };
  return startExchange(account, { ...context, memory, offered: mechanismsIn(features, profile) });
}

async function attemptTo<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new Refusal('login', error instanceof Error ? error.message : String(error));
  }
}

/** Null where there is nothing; `=` is the empty message. */
function decode(text: string | undefined): Buffer | null {
  return text ? Buffer.from(text.trim() === '=' ? '' : text, 'base64') : null;
}
