import { defineAction } from '../action.ts';
import { consumedBeforeStarttls } from '../delivery.ts';
import { elementsOf } from '../moment.ts';

/** Writes the named features first, in this order. */
export const order = defineAction<string[]>({
  points: ['features'],
  params: (z) => z.array(z.string()).min(1),
  apply(moment, names) {
    const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
    for (const element of elementsOf(moment))
      element.children = element.getChildElements().sort((a, b) => rank(a.getName()) - rank(b.getName()));
    return elementsOf(moment).length > 0;
  },
  delivered: consumedBeforeStarttls,
});
