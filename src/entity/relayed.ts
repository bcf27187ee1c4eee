/**
 * A receiving entity that is a real server behind: what it offers and says is passed on, and what the client says is
 * passed to it. Both streams are the relay's own, each with its own TLS, header and id.
 */
import { randomUUID } from 'node:crypto';
import { clone, type Element } from 'ltx';
import type { Happening } from '../transcript.ts';
import { element, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { type EntityOffers, features } from './features.ts';
import type { EntityFactory, EntitySink, ReceivingEntity } from './receiving-entity.ts';
import { passedFeatures } from './relayed-features.ts';
import { followLogin } from './relayed-login.ts';
import { openTunnel } from './relayed-tunnel.ts';
import { openUpstream, type UpstreamStream } from './upstream.ts';
import type { UpstreamServer } from './upstream-tls.ts';

/**
 * What is offered in clear is offered whatever the server knows, for it is asked only after a client has taken the bait.
 * Inside TLS it is what both the server and these settings offer.
 */
export interface RelayedSettings extends EntityOffers {
  /** Use the same object for all entities of a run: what is costly to make is kept with it. */
  upstream: UpstreamServer;
  /** Whose login is relayed; the domain is what the server's certificate has to name. */
  account: { localpart: string; domain: string };
  /** Stanzas of our own for the client, sent once it has bound a resource. */
  afterBind?: readonly Element[] | undefined;
  /** Takes `upstream-failed`, and what a tunnel shows. */
  record?: ((happening: Happening) => void) | undefined;
}

/** So many elements of the client wait for the server to be there. */
const MOST_WAITING = 16;

/**
 * The server is reached for when it is first needed: at the first stream inside TLS, or at the first element in clear. So
 * clients that are not deceived put no load on it. Where it fails, the client gets `remote-connection-failed`.
 */
export function relayed(settings: RelayedSettings): EntityFactory {
  // An interceptor makes an entity for each connection, in the order of their numbers.
  let connections = 0;
  return (sink) => {
    connections += 1;
    return relay(settings, sink, connections);
  };
}

function relay(settings: RelayedSettings, sink: EntitySink, connection: number): ReceivingEntity {
  const { account, record = () => undefined } = settings;
  let upstream: UpstreamStream | null = null;
  /** The server has opened its stream, and takes elements. */
  let ready = false;
  /** The client has the header and features of its stream. */
  let announced = false;
  /** After a login the client opens a new stream, and so has the relay. */
  let restarting = false;
  let over = false;
  let waiting: Element[] = [];
  let to: string | undefined;
  let closeTunnel = () => {};

  const login = followLogin(account, sink, {
    restarts() {
      restarting = true;
      ready = false;
      sink.restart();
    },
    bound() {
      for (const stanza of settings.afterBind ?? []) sink.send(clone(stanza));
    },
  });

  function reach(): UpstreamStream {
    return openUpstream(settings.upstream, account.domain, {
      features(offered) {
        ready = true;
        if (!announced) announce(passedFeatures(offered, settings));
        for (const early of waiting.splice(0)) upstream?.send(early);
      },
      element(said) {
        const passed = is(said, 'features', NS.streams) ? passedFeatures(said, settings) : said;
        sink.send(passed);
        login.answered(said);
      },
      ended(why) {
        upstream = null;
        if (why === null) sink.close();
        else fail(why);
      },
    });
  }

  function announce(offered: Element): void {
    sink.header({ id: randomUUID(), from: account.domain, to });
    announced = true;
    sink.send(offered);
  }

  /** RFC 6120, section 4.9.3.15. */
  function fail(why: string): void {
    if (over) return;
    record({ layer: 'tcp', type: 'upstream-failed', connection, why });
    const text = element('text', NS.streamErrors, { 'xml:lang': 'en' }, why);
    const condition = element('remote-connection-failed', NS.streamErrors);
    const error = element('stream:error', undefined, {}, condition, text);
    if (announced) sink.send(error);
    else announce(error);
    sink.close();
  }

  function leave(): void {
    upstream?.close();
    upstream = null;
    ready = false;
    waiting = [];
  }

  return {
    open(stream) {
      to = stream.from;
      announced = false;
      if (restarting && upstream) {
        restarting = false;
        return upstream.restart();
      }
      // Whatever was said to the server belongs to another stream of the client.
      leave();
      if (stream.secured) upstream = reach();
      else
        announce(
          features(settings, {
            secured: false,
            authenticated: false,
            bound: false,
            channelBinding: null,
            certified: false,
          }),
        );
    },
    receive(received) {
      if (received.is('compress', NS.compress))
        return sink.send(element('failure', NS.compress, {}, element('unsupported-method')));
      const passed = login.asked(received);
      upstream ??= reach();
      if (ready) return upstream.send(passed);
      if (waiting.length === MOST_WAITING) return fail('The client did not wait for the server.');
      waiting.push(passed);
    },
    // The server has a TLS session of its own, which knows nothing of the client's.
    secured() {},
    close() {
      over = true;
      leave();
      closeTunnel();
    },
    tunnel(socket) {
      const { upstream: server } = settings;
      closeTunnel = openTunnel(socket, { server, domain: account.domain, connection, record });
    },
  };
}
