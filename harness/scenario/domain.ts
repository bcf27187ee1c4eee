/** The domains that a client is given: its reference identifier, `XMPP_DOMAIN`. Most scenarios take an ordinary one. */
import { domainToASCII } from 'node:url';

/** `id`: ten hexadecimal digits, so that no two scenarios have the same domain. */
const make = {
  /** Four labels, so that a wildcard for two of them is not one for a top-level domain. */
  ordinary: (id: string) => `x${id}.im.xmpp.test`,
  /** RFC 7622, section 3.2.1: the domain of a JID has U-labels, never A-labels. The label that differs is the first. */
  'u-label': (id: string) => `b\u00fccher-${id}.im.xmpp.test`,
  /** The same for a client that wants to be told what DNS and certificates hold (RFC 5890, section 2.3.2.1). */
  'a-label': (id: string) => domainToASCII(`b\u00fccher-${id}.im.xmpp.test`),
  /** RFC 7622, section 3.2 allows an address. Of this machine, should anybody dial it, but not the one that is listened on. */
  'ip-address': (id: string) => ['127', ...octets(id)].join('.'),
  /** The only kind with two labels: for a wildcard that covers a whole top-level domain. */
  'second-level': (id: string) => `x${id}.test`,
} as const;

export type DomainKind = keyof typeof make;

export const DOMAIN_KINDS = Object.keys(make) as [DomainKind, ...DomainKind[]];

export const domainOf = (kind: DomainKind, id: string): string => make[kind](id);

/** Three of 1 to 254. */
const octets = (id: string) => [0, 2, 4].map((at) => 1 + (Number.parseInt(id.slice(at, at + 2), 16) % 254));
