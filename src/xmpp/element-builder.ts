/** From the events of ltx's SAX parser to elements: balance, depth and namespaces, none of which that parser looks at. */
import { Element, type Parser } from 'ltx';
import saxLtx from 'ltx/src/parsers/ltx.js';
import { declarationOf, localName, namespaceOf, prefixOf } from './elements.ts';
import { NS } from './namespaces.ts';

/** Its types take the module for CommonJS, with the class one `default` deeper; it is not. */
const SaxLtx = saxLtx as unknown as typeof Parser;

/** What a token brought to its end, if anything. */
export interface Built {
  /** The stream header's attributes. */
  opened?: Record<string, string>;
  /** A first-level element. It has a declaration of every prefix that it uses, also of those that the header declared. */
  element?: Element;
  /** The stream's end tag. */
  closed?: boolean;
}

/** Has no accessors: V8 makes each literal with one a class of its own, and keeps it, with all it holds, for long. */
export interface ElementBuilder {
  /** Where the next token stands: before the header, between first-level elements, inside one, or after the end. */
  place(): 'prolog' | 'stream' | 'element' | 'epilog';
  /**
   * @param xml one whole tag, or one run of text in an element; already lexically checked.
   * @param attributes how many a start tag was written with.
   * @throws where it does not fit.
   */
  feed(xml: string, attributes: number): Built;
}

/** @param maxDepth how deep elements may be nested; a first-level element has depth 1. */
export function createElementBuilder(maxDepth: number): ElementBuilder {
  const sax = new SaxLtx();
  let root: Element | undefined;
  let current: Element | null = null;
  let depth = 0;
  let closed = false;
  let built: Built = {};
  let written = 0;

  /** Copies what the header declared down to the first-level element, so that it can be read and written by itself. */
  function resolve(el: Element, prefix: string): string | undefined {
    const declaration = declarationOf(prefix);
    let top = el;
    for (let at: Element | null = el; at !== null; at = at.parent) {
      const uri: unknown = at.attrs[declaration];
      if (typeof uri === 'string') return uri;
      top = at;
    }
    const inherited: string | undefined = root?.attrs[declaration] ?? (prefix === '' ? '' : undefined);
    if (inherited !== undefined && top !== root) top.attrs[declaration] = inherited;
    return inherited;
  }

  sax.on('startElement', (name: string, attributes: Record<string, string>) => {
    // An attribute called __proto__ is lost, too: a plain object cannot hold it.
    if (Object.keys(attributes).length !== written) throw new Error('a duplicate attribute');
    const el = new Element(name, attributes);
    el.parent = current;
    checkNamespaces(el, (prefix) => resolve(el, prefix));
    if (root === undefined) {
      checkRoot(el);
      root = el;
      built.opened = attributes;
      return;
    }
    depth += 1;
    if (depth > maxDepth) throw new Error(`elements nested deeper than ${maxDepth}`);
    current?.children.push(el);
    current = el;
  });

  sax.on('endElement', (name: string) => {
    const open = current ?? root;
    if (name !== open?.name)
      throw new Error(`</${brief(name)}> where ${open ? `</${brief(open.name)}>` : 'nothing'} is open`);
    if (current === null) {
      closed = true;
      built.closed = true;
      return;
    }
    depth -= 1;
    if (current.parent === null) built.element = current;
    current = current.parent;
  });

  sax.on('text', (text: string) => current?.children.push(text));

  return {
    place() {
      if (root === undefined) return 'prolog';
      if (closed) return 'epilog';
      return current === null ? 'stream' : 'element';
    },
    feed(xml, attributes) {
      built = {};
      written = attributes;
      sax.write(xml);
      return built;
    },
  };
}

/** RFC 6120, section 4.8.1. */
function checkRoot(el: Element): void {
  const ns = namespaceOf(el);
  if (localName(el) === 'stream' && ns === NS.streams) return;
  throw new Error(`<${brief(el.name)} xmlns='${brief(ns ?? '')}'> instead of a stream header`);
}

/** Namespaces in XML 1.0, sections 3, 5 and 6.3. */
function checkNamespaces(el: Element, resolve: (prefix: string) => string | undefined): void {
  let expanded: Set<string> | undefined;
  for (const name of Object.keys(el.attrs)) {
    const prefix = prefixOf(name);
    if (prefix === 'xmlns' || name === 'xmlns') checkDeclaration(name, el.attrs[name]);
    else if (prefix !== '') {
      const full = `{${uriOf(prefix, resolve)}}${localNameOf(name)}`;
      expanded ??= new Set();
      if (expanded.has(full)) throw new Error('a duplicate attribute');
      expanded.add(full);
    }
  }
  uriOf(prefixOf(el.name), resolve);
}

function uriOf(prefix: string, resolve: (prefix: string) => string | undefined): string {
  const uri = prefix === 'xml' ? NS.xml : resolve(prefix);
  if (uri === undefined) throw new Error(`a prefix that is not declared: ${brief(prefix)}`);
  return uri;
}

function checkDeclaration(name: string, uri: string): void {
  const reserved = uri === NS.xml || uri === NS.xmlns;
  const legal =
    name === 'xmlns:xml'
      ? uri === NS.xml
      : name === 'xmlns'
        ? !reserved
        : uri !== '' && !reserved && name !== 'xmlns:xmlns';
  if (!legal) throw new Error(`a namespace declaration that is not allowed: ${brief(name)}`);
}

/** Reasons are short, names need not be. */
function brief(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}...` : name;
}

function localNameOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
