import type { Element } from 'ltx';
import { childOf, childrenOf, element } from '../../xmpp/elements.ts';
import { NS } from '../../xmpp/namespaces.ts';
import { defineAction } from '../action.ts';
import { consumedBeforeStarttls } from '../delivery.ts';
import { elementsOf } from '../moment.ts';

/** Offers these SASL mechanisms, in this order, in place of the server's own: in the list of SASL and in that of SASL2. */
export const mechanisms = defineAction<string[]>({
  points: ['features'],
  params: (z) => z.array(z.string().regex(/^[A-Z0-9_-]{1,20}$/, 'a SASL mechanism: 1 to 20 of A-Z, 0-9, - and _')),
  apply(moment, names) {
    const lists = elementsOf(moment).flatMap(listsIn);
    for (const list of lists) offer(list, names);
    return lists.length > 0;
  },
  delivered: consumedBeforeStarttls,
});

function listsIn(features: Element): Element[] {
  return [childOf(features, 'mechanisms', NS.sasl), childOf(features, 'authentication', NS.sasl2)].filter(
    (list) => list !== undefined,
  );
}

function offer(list: Element, names: string[]): void {
  for (const own of childrenOf(list, 'mechanism')) list.remove(own);
  const offered = names.map((name) => element('mechanism', undefined, {}, name));
  for (const one of offered) one.parent = list;
  list.children.unshift(...offered);
}
