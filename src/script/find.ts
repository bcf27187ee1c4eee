import type { Element } from 'ltx';

/** The element itself and all below it that have this local name. */
export function find(element: Element, name: string, found: Element[] = []): Element[] {
  if (element.getName() === name) found.push(element);
  for (const child of element.getChildElements()) find(child, name, found);
  return found;
}
