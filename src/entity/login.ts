/** SASL as both of its profiles put it into XML: RFC 6120, section 6, and SASL2 (XEP-0388). */
import { randomUUID } from 'node:crypto';
import type { Element } from 'ltx';
import type { ChannelBindingData } from '../sasl/channel-bindings.ts';
import { startExchange } from '../sasl/exchange.ts';
import type { Account, Exchange, Step } from '../sasl/mechanism.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import type { Fast } from './fast.ts';
import { type EntityOffers, listedTypes } from './features.ts';
import type { StreamManagement } from './stream-management.ts';

/** After so many failures the stream ends (RFC 6120, section 6.4.5: the number is the server's choice). */
const RETRIES = 5;

export interface LoginHost {
  send(element: Element): void;
  close(): void;
  state(): { secured: boolean; channelBinding: ChannelBindingData | null; certified: boolean };
  /** What takes requests inside of a login; null where it is not offered. */
  management: Pick<StreamManagement, 'enableInline' | 'resumeInline'> | null;
  /** `resource`: bound inline, or null. `resumed`: it is that of a session which was taken up. */
  done(login: { mechanism: string; user: string; restart: boolean; resource: string | null; resumed: boolean }): void;
}

interface Profile {
  ns: string;
  start: string;
  /** The initial response: absent, or its base 64, where `=` stands for an empty one. */
  initial(element: Element): string | null;
  challenge(data: string): Element;
  failure(condition: string): Element;
}

const sasl: Profile = {
  ns: NS.sasl,
  start: 'auth',
  initial: (element) => element.getText() || null,
  challenge: (data) => element('challenge', NS.sasl, {}, data),
  failure: (condition) => element('failure', NS.sasl, {}, element(condition)),
};

const sasl2: Profile = {
  ns: NS.sasl2,
  start: 'authenticate',
  initial: (element) => {
    const child = element.getChild('initial-response');
    return child ? child.getText() || '=' : null;
  },
  challenge: (data) => element('challenge', NS.sasl2, {}, data),
  failure: (condition) => element('failure', NS.sasl2, {}, element(condition, NS.sasl)),
};

/** @param fast null where it is not offered. */
export function createLogin(settings: EntityOffers & { account: Account }, fast: Fast | null, host: LoginHost) {
  const { account } = settings;
  let current: { exchange: Exchange; profile: Profile; mechanism: string; request: Element } | null = null;
  let failures = 0;

  function fail(profile: Profile, condition: string): void {
    current = null;
    failures += 1;
    host.send(profile.failure(condition));
    if (failures >= RETRIES) host.close();
  }

  function start(profile: Profile, element: Element): void {
    const { secured, channelBinding, certified } = host.state();
    const offered = (profile === sasl ? settings.mechanisms : settings.sasl2)[secured ? 'tls' : 'clear'];
    const mechanism = String(element.attrs.mechanism ?? '');
    const protects = settings.extensions?.includes('scram-downgrade-protection')
      ? { mechanisms: offered, types: listedTypes(settings, { secured, channelBinding }) }
      : undefined;
    const binding = secured ? channelBinding : null;
    const withToken = profile === sasl2 && secured ? fast?.start(mechanism, binding) : null;
    const exchange =
      withToken ?? startExchange(mechanism, account, { offered, channelBinding: binding, certified, protects });
    if (!exchange) return fail(profile, 'invalid-mechanism');
    current = { exchange, profile, mechanism, request: element };
    respond(profile.initial(element));
  }

  function respond(base64: string | null): void {
    if (!current) return;
    const message = base64 === null ? null : decode(base64);
    if (message === undefined) return fail(current.profile, 'incorrect-encoding');
    answer(current.exchange.respond(message));
  }

  function answer(step: Step): void {
    if (!current) return;
    const { profile, mechanism, request } = current;
    if (step.type === 'failure') return fail(profile, step.condition);
    if (step.type === 'challenge') return host.send(profile.challenge(step.data.toString('base64')));
    current = null;
    if (profile === sasl) {
      const data = step.data?.toString('base64');
      host.send(element('success', NS.sasl, {}, ...(data === undefined ? [] : [data])));
      return host.done({ mechanism, user: step.user, restart: true, resource: null, resumed: false });
    }
    const { resource, resumed, answers } = inline(request);
    host.send(success2(account, step.data, resource, [...answers, ...(fast?.grant(request) ?? [])]));
    host.done({ mechanism, user: step.user, restart: false, resource, resumed });
  }

  /** XEP-0198, section 9.2: a session is taken up, or else a resource is bound. */
  function inline(request: Element): { resource: string | null; resumed: boolean; answers: Element[] } {
    const { management } = host;
    const asked = host.state().secured && request.getChild('resume', NS.sm);
    const taken = (asked && management?.resumeInline(asked)) || null;
    if (taken?.resource) return { resource: taken.resource, resumed: true, answers: [taken.answer] };
    const answers = taken ? [taken.answer] : [];
    const wanted = request.getChild('bind', NS.bind2);
    if (!wanted) return { resource: null, resumed: false, answers };
    const resource = [wanted.getChildText('tag'), randomUUID()].filter(Boolean).join('.');
    const enable = host.state().secured && wanted.getChild('enable', NS.sm);
    const enabled = (enable && management?.enableInline(enable, resource)) || null;
    const bound = element('bound', NS.bind2, {}, ...(enabled ? [enabled] : []));
    return { resource, resumed: false, answers: [...answers, bound] };
  }

  return {
    /** Whether the element was SASL's. */
    receive(element: Element, authenticated: boolean): boolean {
      const profile = [sasl, sasl2].find(({ ns }) => element.getNS() === ns);
      if (!profile) return false;
      if (authenticated) fail(profile, 'malformed-request');
      else if (element.is(profile.start)) start(profile, element);
      else if (element.is('abort')) fail(profile, 'aborted');
      else if (element.is('response') && current?.profile === profile) respond(element.getText() || '=');
      else fail(profile, 'malformed-request');
      return true;
    },
    abandon(): void {
      current = null;
    },
  };
}

function success2(account: Account, data: Buffer | null, resource: string | null, more: Element[]): Element {
  const bare = `${account.localpart}@${account.domain}`;
  const children = [
    ...(data === null ? [] : [element('additional-data', undefined, {}, data.toString('base64'))]),
    element('authorization-identifier', undefined, {}, resource === null ? bare : `${bare}/${resource}`),
    ...more,
  ];
  return element('success', NS.sasl2, {}, ...children);
}

/** RFC 6120, section 6.4.2: `=` is the empty message. Undefined if it is no base 64 (RFC 4648, section 4). */
function decode(base64: string): Buffer | undefined {
  const text = base64.trim();
  if (text === '=') return Buffer.alloc(0);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
