import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Writes other XML in place of what the correct peer would write; it need not be well-formed. */
export const replace = defineAction<string>({
  points: [...ELEMENT_POINTS, 'header'],
  params: (z) => z.string(),
  apply(moment, xml) {
    moment.outputs = [{ kind: 'raw', bytes: Buffer.from(moment.fill(xml)), segment: 'same', afterMs: 0 }];
    return true;
  },
  delivered: consumed,
});
