import type { Delivery, DeliveryView } from '../action.ts';
import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';

/**
 * Resumes the session that the client offers, whatever the credential and the settings are with which it began: no
 * certificate is shown then. Without it a session is resumed as a good server does, where both are the same.
 */
export const resume = defineAction<true>({
  points: ['tls-handshake'],
  params: (z) => z.literal(true),
  apply(moment) {
    if (!moment.handshake) return false;
    moment.handshake.resume = true;
    return true;
  },
  delivered: resumedIfOffered,
});

function resumedIfOffered(view: DeliveryView): Delivery {
  const own = view.observations.flatMap((o) =>
    o.layer === 'tls' && o.connection === view.action.connection ? [o] : [],
  );
  if (!own.some((o) => o.type === 'client-hello' && (o.offersSession ?? 0) > 0))
    return { state: 'not-offered', why: 'the client offered no session to resume' };
  if (own.some((o) => o.type === 'flight' || (o.type === 'failed' && o.from === 'mallory')))
    return { state: 'unlike-control', why: 'the session that the client offered could not be resumed' };
  return consumed(view);
}
