import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { STREAM_POINTS } from '../points.ts';

/** Ends the TCP connection (FIN): `instead` of what the point writes (default), or `after` it. */
export const close = defineAction<'instead' | 'after'>({
  points: STREAM_POINTS,
  params: (z) => z.enum(['instead', 'after']),
  apply(moment, when) {
    moment.outputs = when === 'after' ? [...moment.outputs, { kind: 'end' }] : [{ kind: 'end' }];
    return true;
  },
  delivered: consumed,
});
