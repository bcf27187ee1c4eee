import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Goes on in clear where TLS should begin: whatever the client sends is answered with a stream header and features. */
export const stayInClear = defineAction<true>({
  points: ['tls-handshake'],
  params: (z) => z.literal(true),
  apply(moment) {
    if (!moment.handshake) return false;
    moment.handshake.instead = { kind: 'clear' };
    return true;
  },
  delivered: consumed,
});
