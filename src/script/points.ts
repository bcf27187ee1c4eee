/** The named moments of the negotiation at which a script may act. */
import type { Element } from 'ltx';
import { NS } from '../xmpp/namespaces.ts';

/**
 * Of a connection, in the order in which a login meets them. Each stands for what the correct peer is about to write
 * there, but for `connect` and `online`, where it would write nothing, and `tls-handshake`, where TLS takes over.
 */
export const STREAM_POINTS = [
  'connect',
  'header',
  'features',
  'proceed',
  'tls-handshake',
  'challenge',
  'success',
  'failure',
  'iq',
  'bind',
  'online',
  'enabled',
  'stanza',
] as const;

/** `lookup`: before a connection, the client has asked DNS. */
export const POINTS = ['lookup', ...STREAM_POINTS] as const;

export type Point = (typeof POINTS)[number];

/** The point at which a correct peer writes this element. */
export function pointOf(element: Element): Point {
  const name = element.getName();
  if (name === 'features') return 'features';
  if (name === 'challenge' || name === 'success' || name === 'failure') return name;
  if (name === 'enabled') return name;
  if (name !== 'iq') return 'stanza';
  return element.getChild('bind', NS.bind) ? 'bind' : 'iq';
}
