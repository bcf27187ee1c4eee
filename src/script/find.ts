import type { Element } from 'ltx';

/** The element itself and all below it that have this local name. */
export function find(element: Element, name: string): Element[] {
  const below = element.getChildElements().flatMap((child) => find(child, name));
  return element.getName() === name ? [element, ...below] : below;
}
