/** The stream features of the simulated entity, without starttls: that is the interceptor's. */
import type { Element } from 'ltx';
import { type ChannelBindingData, channelBindingTypes } from '../sasl/channel-bindings.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import type { Extension } from './extensions.ts';
import { fastFeature } from './fast.ts';

interface ByProtection<T> {
  /** On a stream without TLS. */
  clear: T;
  tls: T;
}

/** The ways to log in, by what protects the stream. Mechanisms best first. */
export interface EntityOffers {
  mechanisms: ByProtection<readonly string[]>;
  /** XEP-0388, with inline bind (XEP-0386). */
  sasl2: ByProtection<readonly string[]>;
  /** `jabber:iq:auth` (XEP-0078). */
  iqAuth: ByProtection<boolean>;
  /** Only inside TLS. Default: none. */
  extensions?: readonly Extension[] | undefined;
}

export interface StreamState {
  secured: boolean;
  authenticated: boolean;
  bound: boolean;
  channelBinding: ChannelBindingData | null;
  /** The client has presented the account's certificate. */
  certified: boolean;
}

/** What belongs into `<stream:features/>` now (RFC 6120, section 4.3.2). */
export function features(offers: EntityOffers, state: StreamState): Element {
  return element(
    'stream:features',
    undefined,
    {},
    ...(state.authenticated ? afterLogin(offers, state) : waysToLogIn(offers, state)),
  );
}

function waysToLogIn(offers: EntityOffers, state: StreamState): Element[] {
  const protection = state.secured ? 'tls' : 'clear';
  // RFC 6120, section 6.3.4. In clear it is a bait, as all that is offered there.
  const offerable = (name: string) => name !== 'EXTERNAL' || state.certified || !state.secured;
  const mechanisms = offers.mechanisms[protection].filter(offerable);
  const sasl2 = offers.sasl2[protection].filter(offerable);
  const list: Element[] = [];
  if (mechanisms.length > 0) list.push(element('mechanisms', NS.sasl, {}, ...mechanismElements(mechanisms)));
  if (sasl2.length > 0) {
    const resumable = state.secured && offers.extensions?.includes('stream-management');
    const inline = [
      resumable
        ? element('bind', NS.bind2, {}, element('inline', undefined, {}, element('feature', undefined, { var: NS.sm })))
        : element('bind', NS.bind2),
      ...(resumable ? [element('sm', NS.sm)] : []),
      ...(state.secured && offers.extensions?.includes('fast') ? [fastFeature(state.channelBinding)] : []),
    ];
    list.push(
      element('authentication', NS.sasl2, {}, ...mechanismElements(sasl2), element('inline', undefined, {}, ...inline)),
    );
  }
  const types = listedTypes(offers, state);
  if (types) {
    list.push(
      element(
        'sasl-channel-binding',
        NS.saslChannelBinding,
        {},
        ...types.map((type) => element('channel-binding', undefined, { type })),
      ),
    );
  }
  if (offers.iqAuth[protection]) list.push(element('auth', NS.iqAuthFeature));
  return list;
}

/** The channel-binding types that the features list (XEP-0440); null where they list none. */
export function listedTypes(
  { mechanisms, sasl2 }: EntityOffers,
  { secured, channelBinding }: Pick<StreamState, 'secured' | 'channelBinding'>,
): string[] | null {
  const protection = secured ? 'tls' : 'clear';
  const bindable = [...mechanisms[protection], ...sasl2[protection]].some((name) => name.endsWith('-PLUS'));
  return bindable ? channelBindingTypes(channelBinding) : null;
}

function mechanismElements(names: readonly string[]): Element[] {
  return names.map((name) => element('mechanism', undefined, {}, name));
}

function afterLogin({ extensions }: EntityOffers, { secured, bound }: StreamState): Element[] {
  const resumable = secured && extensions?.includes('stream-management') ? [element('sm', NS.sm)] : [];
  if (bound) return resumable;
  return [element('bind', NS.bind), element('session', NS.session, {}, element('optional')), ...resumable];
}
