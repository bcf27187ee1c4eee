import type { Delivery, DeliveryView } from '../action.ts';
import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Shows another credential of the credential table. */
export const present = defineAction<string>({
  points: ['tls-handshake'],
  params: (z) => z.string(),
  apply(moment, credential) {
    if (!moment.handshake) return false;
    moment.handshake.credential = credential;
    return true;
  },
  delivered: certificateSeen,
});

/**
 * The whole flight was written, and the ClientHello is of the kind that the client sent in its control; or the client
 * has gone on with a session that it offered, where no certificate is shown.
 */
export function certificateSeen(view: DeliveryView): Delivery {
  const { connection } = view.action;
  const own = view.observations.filter((o) => 'connection' in o && o.connection === connection);
  const refused = own.find((o) => o.layer === 'tls' && o.type === 'failed' && o.from === 'mallory');
  const hello = own.findLast((o) => o.layer === 'tls' && o.type === 'client-hello' && o.n <= view.action.n);
  if (
    hello?.layer === 'tls' &&
    hello.type === 'client-hello' &&
    view.controlHello !== null &&
    hello.kind !== view.controlHello
  )
    return { state: 'unlike-control', why: 'the ClientHello is not of the kind that the client sent in its control' };
  const resumed = own.some((o) => o.layer === 'tls' && o.type === 'handshake' && o.resumed);
  if (!resumed && !own.some((o) => o.layer === 'tls' && o.type === 'flight'))
    return {
      state: 'too-slow',
      why:
        refused?.layer === 'tls' && refused.type === 'failed'
          ? `the TLS handshake ended before the certificate was shown: ${refused.message}`
          : 'the client left before the certificate was shown whole',
    };
  return consumed(view);
}
