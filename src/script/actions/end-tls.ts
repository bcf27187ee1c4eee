import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { STREAM_POINTS } from '../points.ts';

/**
 * Ends TLS in a way that no good server would, after what the point writes: `truncate` (TCP ends without close_notify),
 * `alert` (a fatal alert), or `in-clear` (close_notify, and then a stream header and SASL in clear on the same TCP
 * connection). Inside TLS only.
 */
export const endTls = defineAction<'truncate' | 'alert' | 'in-clear'>({
  points: STREAM_POINTS.filter((point) => !['connect', 'proceed', 'tls-handshake'].includes(point)),
  params: (z) => z.enum(['truncate', 'alert', 'in-clear']),
  apply(moment, how) {
    if (moment.phase === 'clear') return false;
    moment.outputs.push({
      kind: 'tls',
      step:
        how === 'truncate'
          ? { kind: 'truncate' }
          : how === 'alert'
            ? { kind: 'abort' }
            : { kind: 'leave', clear: Buffer.from(moment.fill(CLEAR)) },
    });
    return true;
  },
  delivered: consumed,
});

/** A stream that goes on as if nothing had been lost with TLS. */
const CLEAR =
  "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>" +
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>" +
  '</stream:features>' +
  "<iq xmlns='jabber:client' type='get' id='{canary}'><ping xmlns='urn:xmpp:ping'/></iq>";
