/**
 * A correct XMPP server as a state machine without a socket: streams, features, login, resource binding, and for all
 * else an error.
 */
import { createHash, randomUUID } from 'node:crypto';
import { clone, type Element } from 'ltx';
import type { ChannelBindingData } from '../sasl/channel-bindings.ts';
import type { Account } from '../sasl/mechanism.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { createFast } from './fast.ts';
import { type EntityOffers, features } from './features.ts';
import { answerIqAuth } from './iq-auth.ts';
import { createLogin } from './login.ts';
import type { EntityFactory, StreamRequest, TlsFacts } from './receiving-entity.ts';
import { createSessions } from './stream-management.ts';

export interface SimulatedSettings extends EntityOffers {
  account: Account;
  /** Stanzas for the client, sent once it has bound a resource. */
  afterBind?: readonly Element[] | undefined;
  /** Told of every token and session id that is given out: secrets, as the password is one. */
  issued?: ((name: string, value: string) => void) | undefined;
}

const STANZAS = ['iq', 'message', 'presence'];

export function simulated(settings: SimulatedSettings): EntityFactory {
  const { account, extensions = [], issued = () => undefined } = settings;
  const fast = extensions.includes('fast') ? createFast(account, issued) : null;
  const sessions = extensions.includes('stream-management') ? createSessions() : null;
  return (sink) => {
    let channelBinding: ChannelBindingData | null = null;
    /** The client has shown the account's certificate in TLS, and so that it has its key. */
    let certified = false;
    let secured = false;
    let authenticated = false;
    let boundTo: string | null = null;
    let streamId = '';
    const management = sessions?.({
      send: sink.send,
      authenticated: () => authenticated,
      resource: () => boundTo,
      resumed: bind,
      issued: (id) => issued('session-id', id),
    });

    const login = createLogin(settings, fast, {
      send: sink.send,
      close: sink.close,
      management: management ?? null,
      state: () => ({ secured, channelBinding, certified }),
      /** SASL restarts the stream, SASL2 goes on with features (XEP-0388, section 2.6). */
      done({ mechanism, user, restart, resource, resumed }) {
        authenticated = true;
        sink.authenticated({ mechanism, user });
        if (restart) return sink.restart();
        // XEP-0198, section 9.2: a stream that was taken up has no features.
        if (resumed && resource !== null) return bind(resource);
        sink.send(features(settings, { secured, authenticated, bound: resource !== null, channelBinding, certified }));
        if (resource !== null) bind(resource);
      },
    });

    function bind(resource: string): void {
      boundTo = resource;
      sink.bound(`${account.localpart}@${account.domain}/${resource}`);
      for (const stanza of settings.afterBind ?? []) sink.send(clone(stanza));
    }

    function streamError(condition: string): void {
      sink.send(element('stream:error', undefined, {}, element(condition, NS.streamErrors)));
      sink.close();
    }

    function receiveIq(iq: Element): void {
      const { type } = iq.attrs;
      if (type !== 'get' && type !== 'set') return;
      const payload = iq.getChildElements()[0];
      const result = (child?: Element) => sink.send(reply(iq, 'result', child));
      if (payload?.is('query', NS.iqAuth)) {
        const offered = secured ? settings.iqAuth.tls : settings.iqAuth.clear;
        if (!offered || authenticated) return refuse(iq, 'service-unavailable');
        const answer = answerIqAuth(payload, type, account, streamId);
        if ('error' in answer) return refuse(iq, answer.error);
        result(answer.fields);
        if (answer.resource === undefined) return;
        authenticated = true;
        sink.authenticated({ mechanism: 'jabber:iq:auth', user: account.localpart });
        return bind(answer.resource);
      }
      if (!authenticated) return streamError('not-authorized');
      if (payload?.is('bind', NS.bind)) {
        if (boundTo !== null) return refuse(iq, 'not-allowed');
        const resource = payload.getChildText('resource') || randomUUID();
        const jid = `${account.localpart}@${account.domain}/${resource}`;
        result(element('bind', NS.bind, {}, element('jid', undefined, {}, jid)));
        return bind(resource);
      }
      if (payload?.is('session', NS.session) || payload?.is('ping', NS.ping)) return result();
      refuse(iq, 'service-unavailable');
    }

    function refuse(iq: Element, condition: string): void {
      const cause = element(condition, NS.stanzaErrors);
      sink.send(reply(iq, 'error', element('error', undefined, { type: 'cancel' }, cause)));
    }

    return {
      open(stream: StreamRequest) {
        secured = stream.secured;
        streamId = randomUUID();
        sink.header({ id: streamId, from: account.domain, to: stream.from });
        sink.send(features(settings, { secured, authenticated, bound: boundTo !== null, channelBinding, certified }));
      },
      receive(received) {
        if (login.receive(received, authenticated)) return;
        if (received.is('compress', NS.compress))
          return sink.send(element('failure', NS.compress, {}, element('unsupported-method')));
        if (authenticated && management?.receive(received)) return;
        if (STANZAS.includes(received.getName())) management?.count();
        if (received.is('iq')) return receiveIq(received);
        if (!authenticated) streamError('not-authorized');
      },
      secured(facts) {
        channelBinding = facts;
        certified = account.certificate !== undefined && fingerprintOf(facts) === account.certificate;
      },
      close() {
        login.abandon();
      },
    };
  };
}

function fingerprintOf({ clientCertificate }: TlsFacts): string | null {
  return clientCertificate && createHash('sha256').update(clientCertificate.raw).digest('hex');
}

function reply(iq: Element, type: 'result' | 'error', child?: Element): Element {
  const answer = element('iq', undefined, { type, id: iq.attrs.id });
  if (child) answer.cnode(child);
  return answer;
}
