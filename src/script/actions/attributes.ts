import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumed } from '../delivery.ts';
import { find } from '../find.ts';
import { elementsOf } from '../moment.ts';

export interface Attributes {
  element: string;
  set: Record<string, string | null>;
}

/** Sets attributes of an element, or of those of that name inside it; null takes one away. */
export const attributes = defineAction<Attributes>({
  points: ELEMENT_POINTS,
  params: (z) => z.strictObject({ element: z.string(), set: z.record(z.string(), z.union([z.string(), z.null()])) }),
  apply(moment, { element, set }) {
    const found = elementsOf(moment).flatMap((sent) => find(sent, element));
    for (const one of found) {
      for (const [name, value] of Object.entries(set)) {
        if (value === null) delete one.attrs[name];
        else one.attrs[name] = moment.fill(value);
      }
    }
    return found.length > 0;
  },
  delivered: consumed,
});
