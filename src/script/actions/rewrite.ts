import { SERVER_MESSAGES, type ServerMessage } from '../../tls/records/names.ts';
import type { Delivery, DeliveryView, Zod } from '../action.ts';
import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { type RecordData, recordSchema } from './record.ts';

/** Exactly one of these. */
export type RewriteData =
  | { hide: number }
  | { strip: number }
  | { certificate: string }
  | { fragment: number }
  | { coalesce: true }
  | { 'record-version': number }
  | { insert: RecordData & ({ before: ServerMessage } | { after: ServerMessage }) }
  | { stall: ServerMessage }
  | { pace: number };

/**
 * Changes the handshake while it is in plaintext: `hide` an extension of the ClientHello from the server, or `strip` one
 * of the ServerHello, by number; put the `certificate` of another credential (or `none`) in the place of the proved one
 * (TLS 1.2); cut each message into records of `fragment` octets, or `coalesce` them into one; write another
 * `record-version`; `insert` records `before` or `after` a message; `stall` behind a message; write an octet each `pace`
 * milliseconds.
 */
export const rewrite = defineAction<RewriteData>({
  points: ['tls-handshake'],
  params: rewriteSchema,
  apply(moment, data) {
    if (!moment.handshake) return false;
    moment.handshake.rewrite = data;
    return true;
  },
  delivered: rewritten,
});

function rewriteSchema(z: Zod) {
  const message = z.enum(SERVER_MESSAGES);
  const codePoint = z.number().int().min(0).max(0xffff);
  return z.union([
    z.strictObject({ hide: codePoint }),
    z.strictObject({ strip: codePoint }),
    z.strictObject({ certificate: z.string() }),
    z.strictObject({ fragment: z.number().int().min(1).max(16_384) }),
    z.strictObject({ coalesce: z.literal(true) }),
    z.strictObject({ 'record-version': codePoint }),
    z.strictObject({
      insert: z.union([
        z.strictObject({ ...recordSchema(z), before: message }),
        z.strictObject({ ...recordSchema(z), after: message }),
      ]),
    }),
    z.strictObject({ stall: message }),
    z.strictObject({ pace: z.number().int().min(1).max(1_000) }),
  ]);
}

/** The changed octets went out, or the client's offer left nothing to change; the client then answered. */
function rewritten(view: DeliveryView): Delivery {
  const own = view.observations.filter((o) => o.layer === 'tls' && o.connection === view.action.connection);
  const done = own.find((o) => o.type === 'rewritten');
  if (done?.type === 'rewritten' && done.impossible !== undefined)
    return { state: 'not-offered', why: done.impossible };
  if (done) return consumed({ ...view, action: { ...view.action, n: done.n, t: done.t } });
  const failed = own.find((o) => o.type === 'failed');
  if (failed?.type === 'failed' && failed.how === 'not-offered')
    return { state: 'not-offered', why: `the ClientHello does not offer it (${failed.message})` };
  return { state: 'too-slow', why: 'the handshake ended before there was anything to rewrite' };
}
