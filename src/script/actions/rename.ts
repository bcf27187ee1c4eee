import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumedBeforeStarttls } from '../delivery.ts';
import { find } from '../find.ts';
import { elementsOf } from '../moment.ts';

/** Moves an element, or one of its children, into another namespace: the local name stays. */
export const rename = defineAction<{ element: string; namespace: string }>({
  points: ELEMENT_POINTS,
  params: (z) => z.strictObject({ element: z.string(), namespace: z.string() }),
  apply(moment, { element, namespace }) {
    const found = elementsOf(moment).flatMap((root) => find(root, element));
    for (const one of found) one.attrs.xmlns = namespace;
    return found.length > 0;
  },
  delivered: consumedBeforeStarttls,
});
