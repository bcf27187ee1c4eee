/** Follows a login that two others hold: says who was authenticated when, and under which resource. */
import { randomBytes } from 'node:crypto';
import { clone, type Element } from 'ltx';
import { mechanismOf } from '../xmpp/credential-phase.ts';
import { childOf, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import type { EntitySink } from './receiving-entity.ts';

export interface FollowedLogin {
  /** Takes what the client says; returns what the server is to be told. */
  asked(element: Element): Element;
  /** Takes what the server has said, once it was passed on. */
  answered(element: Element): void;
}

/** `restarts`: the client opens a new stream next. `bound`: the sink knows the JID already. */
export interface LoginEvents {
  restarts(): void;
  bound(): void;
}

export function followLogin(
  account: { localpart: string; domain: string },
  sink: EntitySink,
  events: LoginEvents,
): FollowedLogin {
  let mechanism = '';
  let legacy: { id: string; resource: string } | null = null;

  function authenticated(by: string): void {
    sink.authenticated({ mechanism: by, user: account.localpart });
  }

  function bound(jid: string): void {
    sink.bound(jid);
    events.bound();
  }

  return {
    asked(element) {
      mechanism = mechanismOf(element) ?? mechanism;
      if (!is(element, 'iq', NS.client) || element.attrs.type !== 'set') return element;
      const own = withOwnResource(element);
      if (childOf(own, 'query', NS.iqAuth))
        legacy = { id: String(own.attrs.id), resource: wishIn(own)?.getText() ?? '' };
      return own;
    },
    answered(element) {
      if (is(element, 'success', NS.sasl)) {
        authenticated(mechanism);
        events.restarts();
      } else if (is(element, 'success', NS.sasl2)) {
        authenticated(mechanism);
        const jid = childOf(element, 'authorization-identifier')?.getText() ?? '';
        if (childOf(element, 'bound', NS.bind2)) bound(jid);
      } else if (is(element, 'iq', NS.client) && element.attrs.type === 'result') {
        const jid = childOf(element, 'bind', NS.bind)?.getChildText('jid');
        if (jid) bound(jid);
        if (legacy === null || element.attrs.id !== legacy.id) return;
        authenticated('jabber:iq:auth');
        bound(`${account.localpart}@${account.domain}/${legacy.resource}`);
        legacy = null;
      }
    },
  };
}

/**
 * One account is used by many sessions at a time, and a server ends the older of two with the same resource (RFC 6120,
 * section 7.7.2.2). Another resource than it asked for is nothing that a client may mind.
 */
function withOwnResource(iq: Element): Element {
  if (!wishIn(iq)?.getText()) return iq;
  const changed = clone(iq);
  const wish = wishIn(changed);
  wish?.t(`.${randomBytes(4).toString('hex')}`);
  return changed;
}

function wishIn(iq: Element): Element | undefined {
  const payload = childOf(iq, 'bind', NS.bind) ?? childOf(iq, 'query', NS.iqAuth);
  return payload && childOf(payload, 'resource');
}
