import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Holds the bytes back and writes them in one TCP segment with what comes next. */
export const join = defineAction<true>({
  points: [...ELEMENT_POINTS, 'header'],
  params: (z) => z.literal(true),
  apply(moment) {
    moment.join = true;
    return true;
  },
  delivered: consumed,
});
