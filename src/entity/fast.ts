/** FAST (XEP-0484) as a server: tokens that are given out inside SASL2, each for one mechanism. */
import { randomBytes } from 'node:crypto';
import type { Element } from 'ltx';
import type { ChannelBindingData } from '../sasl/channel-bindings.ts';
import { hashedTokenMechanisms, startHashedToken, tokenHash } from '../sasl/hashed-token.ts';
import type { Account, Exchange } from '../sasl/mechanism.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';

export interface Fast {
  /** Null where the mechanism is none of FAST's. */
  start(mechanism: string, data: ChannelBindingData | null): Exchange | null;
  /** What belongs into the success that answers this request (section 3.3). */
  grant(request: Element): Element[];
}

/** A hostile client must not fill the memory with tokens. */
const MOST_TOKENS = 64;
const VALID_MS = 7 * 24 * 60 * 60 * 1_000;

/** The tokens of one server. @param issued told of each token, and of what it is sent as where it is not bound. */
export function createFast(account: Account, issued: (name: string, value: string) => void): Fast {
  const tokens = new Map<string, string>();
  return {
    start(mechanism, data) {
      const own = [...tokens].filter(([, made]) => made === mechanism).map(([token]) => token);
      return startHashedToken(mechanism, account, { tokens: own, data });
    },
    grant(request) {
      const mechanism: unknown = request.getChild('request-token', NS.fast)?.attrs.mechanism;
      if (typeof mechanism !== 'string' || tokens.size >= MOST_TOKENS) return [];
      const token = randomBytes(18).toString('base64');
      tokens.set(token, mechanism);
      issued('token', token);
      issued('token-hash', tokenHash(token, 'Initiator', Buffer.alloc(0)).toString('latin1'));
      const expiry = new Date(Date.now() + VALID_MS).toISOString();
      return [element('token', NS.fast, { token, expiry })];
    },
  };
}

/** The inline feature (section 3.1). */
export function fastFeature(data: ChannelBindingData | null): Element {
  const names = hashedTokenMechanisms(data);
  return element('fast', NS.fast, {}, ...names.map((name) => element('mechanism', undefined, {}, name)));
}
