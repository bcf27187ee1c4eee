import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';

/**
 * Goes on in clear where TLS should begin: whatever the client sends is answered with a stream header and features. With
 * `after-alert` the ClientHello is answered with this alert, which is fatal, and a stream in clear only if the client opens
 * one on the same connection.
 */
export const stayInClear = defineAction<true | { 'after-alert': number }>({
  points: ['tls-handshake'],
  params: (z) => z.union([z.literal(true), z.strictObject({ 'after-alert': z.number().int().min(0).max(255) })]),
  apply(moment, how) {
    if (!moment.handshake) return false;
    moment.handshake.instead = { kind: 'clear', alert: how === true ? null : how['after-alert'] };
    return true;
  },
  delivered: consumed,
});
