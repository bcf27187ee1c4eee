/** Finds where a piece of markup ends, over as many chunks as it takes, without looking at any octet twice. */

export type Markup = 'start' | 'end' | 'declaration' | 'cdata';

/** Has no accessors, as `ElementBuilder` has none. */
export interface MarkupScanner {
  /** Undefined until enough octets are there to tell. */
  kind(): Markup | undefined;
  /** Quoted values so far: in a well-formed start tag, its attributes. */
  values(): number;
  /** The next octet to scan is the `<` of a new piece of markup. */
  begin(): void;
  /**
   * Goes on at `from`.
   * @returns the offset after the markup, or -1 where it goes on beyond these octets.
   * @throws for what RFC 6120, section 11.1, forbids, and for more than `maxValues` values.
   */
  scan(octets: string, from: number): number;
}

const CDATA = '<![CDATA[';
const OUTSIDE = /["'<>]/g;
const IN_DOUBLE = /["<]/g;
const IN_SINGLE = /['<]/g;

export function createMarkupScanner(maxValues: number): MarkupScanner {
  let kind: Markup | undefined;
  let values = 0;
  let head = '';
  let quote = '';
  let tail = '';

  function tagEnd(octets: string, from: number): number {
    for (let at = from; ; ) {
      const next = quote === '' ? OUTSIDE : quote === '"' ? IN_DOUBLE : IN_SINGLE;
      next.lastIndex = at;
      if (!next.test(octets)) return -1;
      at = next.lastIndex;
      const found = octets.charAt(at - 1);
      if (found === '>') return at;
      if (found === '<') throw new Error("'<' inside a tag");
      if (quote === '') values += 1;
      if (values > maxValues) throw new Error(`more than ${maxValues} attributes`);
      quote = quote === '' ? found : '';
    }
  }

  function cdataEnd(octets: string, from: number): number {
    const overlap = tail.length;
    const rest = tail + octets.slice(from);
    const found = rest.indexOf(']]>');
    tail = rest.slice(-2);
    return found === -1 ? -1 : from - overlap + found + 3;
  }

  return {
    kind: () => kind,
    values: () => values,
    begin() {
      kind = undefined;
      values = 0;
      head = quote = tail = '';
    },
    scan(octets, from) {
      let at = from;
      for (; kind === undefined && at < octets.length; at += 1) {
        head += octets.charAt(at);
        kind = kindOf(head);
      }
      if (kind === undefined) return -1;
      if (kind === 'cdata') return cdataEnd(octets, at);
      // No attributes there, so a stray quote must not hide the end.
      if (kind === 'end') return octets.indexOf('>', at) + 1 || -1;
      return tagEnd(octets, at);
    },
  };
}

function kindOf(head: string): Markup | undefined {
  if (head.length < 2) return undefined;
  if (head[1] === '/') return 'end';
  if (head[1] === '?') return 'declaration';
  if (head[1] !== '!') {
    if (/[A-Z_a-z\x80-\xff]/.test(head.charAt(1))) return 'start';
    throw new Error("'<' without a name");
  }
  if (head === CDATA) return 'cdata';
  if (CDATA.startsWith(head)) return undefined;
  throw new Error(head.startsWith('<!-') ? 'a comment' : 'a document type declaration');
}
