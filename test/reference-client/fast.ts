/** The client of FAST (XEP-0484): a token for the next login, over SASL2 and inside TLS only. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Element } from 'ltx';
import { childOf, childrenOf, element } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { type Attempt, localpart } from './attempt.ts';
import { type Exchange, tlsExporter } from './sasl.ts';

export interface Token {
  mechanism: string;
  token: string;
}

const USER_AGENT = randomUUID();

/** The mechanisms that the features offer for tokens. */
export function fastIn(features: Element): string[] {
  const inline = childOf(childOf(features, 'authentication', NS.sasl2) ?? features, 'inline', NS.sasl2);
  const fast = inline && childOf(inline, 'fast', NS.fast);
  return fast ? childrenOf(fast, 'mechanism', NS.fast).map((mechanism) => mechanism.getText()) : [];
}

/** A login with the token of the last one, or null where there is none for what is offered. */
export function tokenExchange(attempt: Attempt, offered: string[]): Exchange | null {
  const { memory, connection, has } = attempt;
  const { token } = memory;
  const inClear = connection.tls === null && has('token-in-clear');
  if (!token || !(offered.includes(token.mechanism) || inClear)) return null;
  const data = token.mechanism.endsWith('-EXPR') ? tlsExporter(connection.tls) : null;
  const hash = (who: string) =>
    createHmac('sha256', token.token)
      .update(who)
      .update(data ?? '')
      .digest();
  return {
    mechanism: token.mechanism,
    initial: Buffer.concat([Buffer.from(`${localpart(attempt)}\0`), hash('Initiator')]),
    respond() {
      throw new Error('a token has no challenge');
    },
    finish(proof) {
      const expected = hash('Responder');
      if (has('skips-token-proof')) return;
      if (proof?.length !== expected.length || !timingSafeEqual(proof, expected))
        throw new Error('the server has not proved that it knows the token');
    },
  };
}

/** What a request says of tokens: that it is made with one, or that it wants one. */
export function aboutTokens({ connection, memory }: Attempt, offered: string[], withToken: boolean): Element[] {
  if (offered.length === 0) return [];
  const userAgent = element('user-agent', undefined, { id: USER_AGENT });
  if (withToken) return [userAgent, element('fast', NS.fast)];
  const bound = offered.includes('HT-SHA-256-EXPR') && tlsExporter(connection.tls) !== null;
  const mechanism = bound ? 'HT-SHA-256-EXPR' : 'HT-SHA-256-NONE';
  memory.token = null;
  return [userAgent, element('request-token', NS.fast, { mechanism })];
}

export function keepToken({ memory }: Attempt, success: Element, requested: Element[]): void {
  const token: unknown = childOf(success, 'token', NS.fast)?.attrs.token;
  const mechanism: unknown = requested.find(({ attrs }) => attrs.mechanism)?.attrs.mechanism;
  if (typeof token === 'string' && typeof mechanism === 'string') memory.token = { mechanism, token };
}
