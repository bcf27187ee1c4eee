import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { STREAM_POINTS } from '../points.ts';

/** From here on Mallory writes nothing more on this connection, and keeps it open. */
export const stall = defineAction<true>({
  points: STREAM_POINTS,
  params: (z) => z.literal(true),
  apply(moment) {
    moment.outputs = [{ kind: 'stall' }];
    return true;
  },
  delivered: consumed,
});
