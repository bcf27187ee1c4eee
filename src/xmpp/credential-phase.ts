/** Which elements of an initiating entity hand over, or rest on, a credential (design, section 1). */
import type { Element } from 'ltx';
import type { CredentialKind } from '../transcript.ts';
import { childrenOf, is, localName, namespaceOf } from './elements.ts';
import { NS } from './namespaces.ts';

/** By `{namespace}name`. An `<abort/>` gives nothing away and is not here. */
const KINDS = new Map<string, CredentialKind>([
  [`{${NS.sasl}}auth`, 'sasl'],
  [`{${NS.sasl}}response`, 'sasl'],
  [`{${NS.sasl2}}authenticate`, 'sasl2'],
  [`{${NS.sasl2}}response`, 'sasl2'],
  [`{${NS.compress}}compress`, 'compress'],
  [`{${NS.sm}}resume`, 'resume'],
  [`{${NS.dialback}}result`, 'dialback'],
  [`{${NS.dialback}}verify`, 'dialback'],
]);

/** In whatever namespace: a server that does not look at it answers them all the same. */
const STANZAS = ['iq', 'message', 'presence'];

/**
 * What kind of credential phase a first-level element from an initiating entity belongs to; undefined for none.
 * Any iq with such a payload counts, also a get: asking for the fields of a login names the account.
 */
export function classify(element: Element): CredentialKind | undefined {
  const name = localName(element);
  const kind = KINDS.get(`{${namespaceOf(element) ?? ''}}${name}`);
  if (kind !== undefined || !STANZAS.includes(name)) return kind;
  if (name !== 'iq') return 'stanza';
  const payloads = childrenOf(element).map(namespaceOf);
  if (payloads.includes(NS.iqAuth)) return 'iq-auth';
  if (payloads.includes(NS.register)) return 'register';
  return 'stanza';
}

/** The mechanism that a SASL `<auth>` (RFC 6120, section 6.4.2) or SASL2 `<authenticate>` (XEP-0388) names. */
export function mechanismOf(element: Element): string | undefined {
  if (!is(element, 'auth', NS.sasl) && !is(element, 'authenticate', NS.sasl2)) return undefined;
  const mechanism: unknown = element.attrs.mechanism;
  return typeof mechanism === 'string' ? mechanism : undefined;
}
