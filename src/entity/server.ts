/**
 * A correct server that another server opens a stream to (RFC 6120, `jabber:server`), as a state machine without a socket:
 * SASL EXTERNAL (XEP-0178), Server Dialback (XEP-0220), bidirectional streams (XEP-0288), and the stanzas that come then.
 */
import { randomUUID, type X509Certificate } from 'node:crypto';
import type { Element } from 'ltx';
import type { Verify } from '../services/dial-back.ts';
import { childOf, element, is, localName } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { answerVerification, createDialback } from './dialback.ts';
import type { EntityFactory, StreamRequest } from './receiving-entity.ts';

interface ByProtection<T> {
  clear: T;
  tls: T;
}

export interface ServerOffers {
  /** In clear EXTERNAL asks for no certificate: no good server offers it there. */
  mechanisms: ByProtection<readonly string[]>;
  dialback: ByProtection<boolean>;
  bidi: ByProtection<boolean>;
}

export interface ServerSettings extends ServerOffers {
  /** That it serves, and the other server wants to reach. */
  domain: string;
  /** Served there as well; default: none. */
  second?: string | undefined;
  /** Why a certificate does not prove that its holder is `domain`; null: it does. */
  faultOf(certificate: X509Certificate, domain: string): string | null;
  /** Asks the authoritative server of a domain whether a dialback key is its own. */
  verify: Verify;
  /** Whether a key that is asked about here is one that was given out in this domain's name. Default: none was. */
  knowsKey?: ((key: { streamId: string; key: string }) => boolean) | undefined;
}

const STANZAS = ['iq', 'message', 'presence'];

export function server(settings: ServerSettings): EntityFactory {
  const { domain, second } = settings;
  const serves = (name: string | undefined) => name !== undefined && (name === domain || name === second);
  return (sink) => {
    /** Domains that have proved themselves on this stream, each with the one that it may send to. */
    const proven: { from: string; to: string }[] = [];
    /** Whom the other server wants on this stream. */
    let wanted = domain;
    let certificate: X509Certificate | null = null;
    let stream: StreamRequest = { to: undefined, from: undefined, secured: false };
    let streamId = '';
    let external = false;
    let over = false;
    const dialback = createDialback({
      serves,
      verify: settings.verify,
      send: (answer) => over || sink.send(answer),
      proved(from, to) {
        proven.push({ from, to });
        sink.authenticated({ mechanism: 'dialback', user: from });
      },
    });

    const protection = () => (stream.secured ? 'tls' : 'clear');

    function offersExternal(): boolean {
      if (external || !settings.mechanisms[protection()].includes('EXTERNAL')) return false;
      // XEP-0178, section 3: it is offered to whom it can let in.
      return !stream.secured || proves(stream.from);
    }

    const proves = (claimed: string | undefined): boolean =>
      claimed !== undefined && certificate !== null && settings.faultOf(certificate, claimed) === null;

    function features(): Element {
      const others = settings.mechanisms[protection()].filter((name) => name !== 'EXTERNAL');
      const mechanisms = [...(offersExternal() ? ['EXTERNAL'] : []), ...(external ? [] : others)];
      const list = mechanisms.map((name) => element('mechanism', undefined, {}, name));
      return element(
        'stream:features',
        undefined,
        {},
        ...(list.length > 0 ? [element('mechanisms', NS.sasl, {}, ...list)] : []),
        ...(settings.bidi[protection()] ? [element('bidi', NS.bidiFeature)] : []),
        ...(settings.dialback[protection()] ? [element('dialback', NS.dialbackFeature, {}, element('errors'))] : []),
      );
    }

    /** XEP-0178, section 3; RFC 6120, section 6.3.8: an authorization identity is the domain of the stream, or none. */
    function authenticate(auth: Element): void {
      const fail = (condition: string) => sink.send(element('failure', NS.sasl, {}, element(condition)));
      if (auth.attrs.mechanism !== 'EXTERNAL' || !offersExternal()) return fail('invalid-mechanism');
      const text = auth.getText();
      const claimed = text === '' || text === '=' ? stream.from : Buffer.from(text, 'base64').toString();
      if (claimed === undefined || (stream.secured && !proves(claimed))) return fail('not-authorized');
      proven.push({ from: claimed, to: wanted });
      external = true;
      sink.send(element('success', NS.sasl));
      sink.authenticated({ mechanism: 'EXTERNAL', user: claimed });
      sink.restart();
    }

    /** RFC 6120, sections 4.9.3.9 and 8.1.2.2: from a domain that has proved itself, and to this one. */
    function accept(stanza: Element): void {
      const from = String(stanza.attrs.from ?? '');
      const to = domainOf(String(stanza.attrs.to ?? ''));
      if (proven.length === 0) return streamError('not-authorized');
      if (!proven.some((pair) => pair.from === domainOf(from))) return streamError('invalid-from');
      if (!serves(to)) return streamError('host-unknown');
      // XEP-0220, section 2.6: each pair of domains is let in for itself.
      if (!proven.some((pair) => pair.from === domainOf(from) && pair.to === to)) return streamError('not-authorized');
      sink.accepted(from, to);
    }

    function streamError(condition: string): void {
      sink.send(element('stream:error', undefined, {}, element(condition, NS.streamErrors)));
      sink.close();
    }

    return {
      open(request) {
        stream = request;
        streamId = randomUUID();
        if (certificate && request.secured && !external) {
          const { fingerprint256, subjectAltName = '' } = certificate;
          const fault =
            request.from === undefined ? 'it does not say who it is' : settings.faultOf(certificate, request.from);
          sink.certificate({ sha256: fingerprint256.replaceAll(':', '').toLowerCase(), names: subjectAltName, fault });
        }
        if (request.to !== undefined && serves(request.to)) wanted = request.to;
        sink.header({ id: streamId, from: wanted, to: request.from });
        // Where somebody has changed the header nobody knows any more whom the other side has asked for.
        if (request.to !== undefined && !serves(request.to)) return streamError('host-unknown');
        sink.send(features());
      },
      receive(received) {
        if (is(received, 'auth', NS.sasl)) return authenticate(received);
        if (is(received, 'result', NS.dialback)) {
          if (received.attrs.type !== undefined) return;
          if (!settings.dialback[protection()]) return streamError('policy-violation');
          return dialback.result(received, streamId);
        }
        if (is(received, 'verify', NS.dialback)) {
          const answer = answerVerification(received, settings.knowsKey);
          return answer ? sink.send(answer) : undefined;
        }
        if (is(received, 'bidi', NS.bidi)) return;
        if (STANZAS.includes(localName(received))) return accept(received);
        if (childOf(received) === undefined && localName(received) === 'abort') return;
        streamError('unsupported-stanza-type');
      },
      secured(facts) {
        certificate = facts.clientCertificate;
      },
      close() {
        over = true;
      },
    };
  };
}

function domainOf(jid: string): string {
  const bare = jid.split('/', 1)[0] ?? '';
  return bare.slice(bare.indexOf('@') + 1).toLowerCase();
}
