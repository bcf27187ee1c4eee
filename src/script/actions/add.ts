import { parse } from 'ltx';
import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumedBeforeStarttls } from '../delivery.ts';
import { elementsOf } from '../moment.ts';

/** Puts further children into an element, at its end or, with `first`, at its beginning. */
export const add = defineAction<string | { xml: string; first?: boolean | undefined }>({
  points: ELEMENT_POINTS,
  params: (z) => z.union([z.string(), z.strictObject({ xml: z.string(), first: z.boolean().optional() })]),
  apply(moment, params) {
    const { xml, first = false } = typeof params === 'string' ? { xml: params } : params;
    for (const element of elementsOf(moment)) {
      const children = parse(`<add>${moment.fill(xml)}</add>`).getChildElements();
      for (const child of children) child.parent = element;
      if (first) element.children.unshift(...children);
      else element.children.push(...children);
    }
    return elementsOf(moment).length > 0;
  },
  delivered: consumedBeforeStarttls,
});
