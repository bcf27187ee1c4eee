import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Leaves out what the correct peer would write here, and goes on as if it had been written. */
export const drop = defineAction<true>({
  points: [...ELEMENT_POINTS, 'header'],
  params: (z) => z.literal(true),
  apply(moment) {
    moment.outputs = [];
    return true;
  },
  delivered: consumed,
});
