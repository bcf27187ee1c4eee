/** A fault: what is for one domain goes over a stream to another one, because both are at the same host and port. */

import type { Element } from 'ltx';
import { element, is, serialise } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import type { Attempt } from '../reference-client/attempt.ts';

export interface Piggyback {
  /** From now on others may ride on it. Returns what is to be told of each element that comes there. */
  carry(attempt: Attempt): (received: Element) => void;
  /** Whether there is a stream to ride on, and it was done. */
  ride(at: { host: string; port: number }, domain: string, stanza: string): boolean;
}

export function createPiggyback(): Piggyback {
  const streams = new Map<string, { attempt: Attempt; waiting: Map<string, string> }>();
  const place = ({ host, port }: { host: string; port: number }) => `${host}:${port}`;
  return {
    carry(attempt) {
      const waiting = new Map<string, string>();
      streams.set(place(attempt.endpoint), { attempt, waiting });
      return (received) => {
        const { from, type } = received.attrs;
        if (is(received, 'result', NS.dialback) && type === 'valid') attempt.connection.send(waiting.get(from) ?? '');
      };
    },
    ride(at, domain, stanza) {
      const found = streams.get(place(at));
      if (!found) return false;
      const { connection, has, server, streamId } = found.attempt;
      if (has('piggybacks-unasked')) {
        connection.send(stanza);
      } else if (has('piggybacks')) {
        const key = server?.dialbackKey(domain, streamId) ?? '';
        found.waiting.set(domain, stanza);
        connection.send(serialise(element('db:result', NS.dialback, { from: server?.domain, to: domain }, key)));
      } else {
        return false;
      }
      return true;
    },
  };
}
