/** The features of a real server, as they are passed on: what a scenario does not offer is left out. */
import type { Element } from 'ltx';
import { childrenOf, element, is, localName } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import type { EntityOffers } from './features.ts';

/** Of a stream inside TLS, or after a login. The server's own element stays as it is. */
export function passedFeatures(server: Element, offers: EntityOffers): Element {
  const passed = childrenOf(server).flatMap((feature) => passedFeature(feature, offers));
  return element('stream:features', undefined, {}, ...passed);
}

function passedFeature(feature: Element, { mechanisms, sasl2, iqAuth }: EntityOffers): Element[] {
  // TLS is the interceptor's, and a compressed stream could not be relayed.
  if (is(feature, 'starttls', NS.tls) || is(feature, 'compression', NS.compressFeature)) return [];
  if (is(feature, 'mechanisms', NS.sasl)) return limited(feature, mechanisms.tls);
  if (is(feature, 'authentication', NS.sasl2)) return limited(feature, sasl2.tls);
  if (is(feature, 'auth', NS.iqAuthFeature)) return iqAuth.tls ? [feature] : [];
  if (is(feature, 'sasl-channel-binding', NS.saslChannelBinding)) {
    return [...mechanisms.tls, ...sasl2.tls].some((name) => name.endsWith('-PLUS')) ? [feature] : [];
  }
  return [feature];
}

/** The mechanisms that both have, in the scenario's order; nothing where they have none in common. */
function limited(feature: Element, names: readonly string[]): Element[] {
  const known = childrenOf(feature, 'mechanism').map((mechanism) => mechanism.getText());
  const common = names.filter((name) => known.includes(name));
  if (common.length === 0) return [];
  const offered = common.map((name) => element('mechanism', undefined, {}, name));
  const rest = childrenOf(feature).filter((child) => localName(child) !== 'mechanism');
  return [element(feature.name, undefined, feature.attrs, ...offered, ...rest)];
}
