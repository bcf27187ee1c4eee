/** Namespace-aware helpers on ltx elements, whichever prefixes those elements were written with. */
import { Element, escapeXML } from 'ltx';
import { NS } from './namespaces.ts';

export type Node = Element | string;

/** Attribute names as written, prefix included. What is undefined is left out. */
export type Attributes = Record<string, string | undefined>;

/**
 * The declarations of Mallory's own stream headers: `serialise` does not repeat them.
 * RFC 6120, section 4.8.5, wants the prefix `stream`.
 */
export const STREAM_SCOPE: Attributes = { xmlns: NS.client, 'xmlns:stream': NS.streams };

/** `name` may carry a prefix, which is then declared as `ns`. Without a namespace the element inherits its parent's. */
export function element(name: string, ns?: string, attributes: Attributes = {}, ...children: Node[]): Element {
  const all: Record<string, string> = {};
  if (ns !== undefined) all[declarationOf(prefixOf(name))] = ns;
  for (const attribute in attributes) {
    const value = attributes[attribute];
    if (value !== undefined) all[attribute] = value;
  }
  const created = new Element(name, all);
  created.append(...children);
  return created;
}

export function localName(el: Element): string {
  return el.name.slice(el.name.indexOf(':') + 1);
}

/** '' for an element in no namespace, undefined where neither it nor an element above declares its prefix. */
export function namespaceOf(el: Element): string | undefined {
  const prefix = prefixOf(el.name);
  return prefix === 'xml' ? NS.xml : declared(el, declarationOf(prefix));
}

export function is(el: Element, name: string, ns: string): boolean {
  return localName(el) === name && namespaceOf(el) === ns;
}

/** The child elements, in order: all of them, those of that local name, or those of that name and namespace. */
export function childrenOf(el: Element, name?: string, ns?: string): Element[] {
  return el.children.filter(
    (child): child is Element =>
      child instanceof Element &&
      (name === undefined || localName(child) === name) &&
      (ns === undefined || namespaceOf(child) === ns),
  );
}

/** The first of `childrenOf`. */
export function childOf(el: Element, name?: string, ns?: string): Element | undefined {
  return childrenOf(el, name, ns)[0];
}

/**
 * The element as it stands on a stream: without the declarations that the stream header already made.
 * An element that declares nothing takes the stream's default namespace.
 */
export function serialise(el: Element, scope: Attributes = STREAM_SCOPE): string {
  const bare = new Element(el.name);
  for (const name in el.attrs) if (scope[name] !== el.attrs[name]) bare.attrs[name] = el.attrs[name];
  bare.children = el.children;
  return bare.toString();
}

/**
 * A copy in which everything in the element's own namespace carries `prefix`, or none for ''; the meaning stays the same.
 * The rest keeps its prefixes, so `prefix` must be one that the element's attributes do not use for something else.
 */
export function withPrefix(el: Element, prefix: string): Element {
  return copyWithPrefix(el, namespaceOf(el), prefix, null);
}

/** An XML declaration and a stream header of version 1.0 with the declarations of `scope`. RFC 6120, section 4.7. */
export function streamHeader(attributes: Attributes, scope: Attributes = STREAM_SCOPE): string {
  const all = Object.entries({ ...scope, version: '1.0', ...attributes });
  const written = all.map(([name, value]) => (value === undefined ? '' : ` ${name}='${escapeXML(value)}'`));
  return `<?xml version='1.0'?><stream:stream${written.join('')}>`;
}

export const STREAM_END = '</stream:stream>';

/** '' where there is none. */
export function prefixOf(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? '' : name.slice(0, colon);
}

/** The attribute that declares `prefix`; '' stands for the default namespace. */
export function declarationOf(prefix: string): string {
  return prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
}

/** Unlike ltx's `findNS` this takes `xmlns=''` for a declaration. */
function declared(el: Element, declaration: string): string | undefined {
  for (let at: Element | null = el; at !== null; at = at.parent) {
    const uri: unknown = at.attrs[declaration];
    if (typeof uri === 'string') return uri;
  }
  return undefined;
}

function copyWithPrefix(el: Element, ns: string | undefined, prefix: string, parent: Element | null): Element {
  const own = namespaceOf(el);
  const renamed = own === ns;
  const { xmlns: _, ...attributes } = el.attrs;
  const copy = new Element(renamed ? [prefix, localName(el)].filter(Boolean).join(':') : el.name, attributes);
  copy.parent = parent;
  // Default declarations are made anew where the copy needs them: renaming moves elements out of and into the default.
  const declaration = declarationOf(prefixOf(copy.name));
  if (own !== undefined && namespaceOf(copy) !== own) copy.attrs[declaration] = own;
  for (const child of el.children) {
    copy.children.push(child instanceof Element ? copyWithPrefix(child, ns, prefix, copy) : child);
  }
  return copy;
}
