import { defineAction, ELEMENT_POINTS } from '../action.ts';
import { consumedBeforeStarttls } from '../delivery.ts';
import { elementsOf, headerOf } from '../moment.ts';

/**
 * Takes children out of an element by local name, at any depth (`starttls`, `required`, `mechanisms`), `children` for
 * all of them, or the XML declaration of a stream header (`prolog`).
 */
export const remove = defineAction<string | string[]>({
  points: [...ELEMENT_POINTS, 'header'],
  params: (z) => z.union([z.string(), z.array(z.string()).min(1)]),
  apply(moment, params) {
    const names = [params].flat();
    let changed = false;
    const header = headerOf(moment);
    if (header?.prolog && names.includes('prolog')) {
      header.prolog = false;
      changed = true;
    }
    const prune = (element: ReturnType<typeof elementsOf>[number]) => {
      for (const child of element.getChildElements()) {
        if (names.includes('children') || names.includes(child.getName())) {
          element.remove(child);
          changed = true;
        } else {
          prune(child);
        }
      }
    };
    for (const element of elementsOf(moment)) prune(element);
    return changed;
  },
  delivered: consumedBeforeStarttls,
});
