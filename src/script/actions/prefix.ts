import { withPrefix } from '../../xmpp/elements.ts';
import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumed } from '../delivery.ts';
import { find } from '../find.ts';

/**
 * Writes an element and all below it in the same namespace with a namespace prefix: other bytes, the same XML
 * (Namespaces in XML 1.0, section 3).
 */
export const prefix = defineAction<{ element: string; prefix: string }>({
  points: ELEMENT_POINTS,
  params: (z) => z.strictObject({ element: z.string(), prefix: z.string().regex(/^[a-z][a-z0-9]*$/) }),
  apply(moment, params) {
    let changed = false;
    for (const output of moment.outputs) {
      if (output.kind !== 'element') continue;
      for (const one of find(output.element, params.element)) {
        const copy = withPrefix(one, params.prefix);
        const { parent } = one;
        if (parent === null) output.element = copy;
        else {
          parent.children[parent.children.indexOf(one)] = copy;
          copy.parent = parent;
        }
        changed = true;
      }
    }
    return changed;
  },
  delivered: consumed,
});
