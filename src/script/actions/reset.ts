import { defineAction } from '../action.ts';
import { STREAM_POINTS } from '../points.ts';

/** Resets the TCP connection (RST): `instead` of what the point writes (default), or `after` it. */
export const reset = defineAction<'instead' | 'after'>({
  points: STREAM_POINTS,
  params: (z) => z.enum(['instead', 'after']),
  apply(moment, when) {
    moment.outputs = when === 'after' ? [...moment.outputs, { kind: 'reset' }] : [{ kind: 'reset' }];
    return true;
  },
  // The kernel delivers a reset without the client's help, and leaves it no way to answer on that connection.
  delivered: () => ({ state: 'consumed' }),
});
