import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Answers the ClientHello with a fatal alert of this description (RFC 8446, section 6) and ends the connection. */
export const alert = defineAction<number>({
  points: ['tls-handshake'],
  params: (z) => z.number().int().min(0).max(255),
  apply(moment, description) {
    if (!moment.handshake) return false;
    moment.handshake.instead = { kind: 'alert', description };
    return true;
  },
  delivered: consumed,
});
