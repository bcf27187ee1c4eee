/**
 * Reads an XML stream as RFC 6120, section 11, defines it, and nothing else: what an initiating entity sends is
 * evidence, so neither may a slip of its XML pass unseen, nor an octet be read that belongs to the TLS behind it.
 */
import { Buffer } from 'node:buffer';
import { type Element, escapeXMLText } from 'ltx';
import { decode, refuseControls, show } from './characters.ts';
import { type Built, createElementBuilder } from './element-builder.ts';
import { createMarkupScanner } from './markup-scanner.ts';
import { whatCame } from './unexpected.ts';
import { cdataContent, checkDeclaration, checkedEndTag, checkedTag, checkedText } from './well-formed.ts';

/** `rawText` is what was received for that construct and nothing more. */
export interface StreamHandlers {
  /** A stream header; `rawText` begins with the XML declaration, where there is one. Attribute names are as written. */
  open(attributes: Record<string, string>, rawText: string): void;
  /** A whole first-level element, with every namespace declaration that it takes from the header. */
  element(element: Element, rawText: string): void;
  /** The stream's end tag. Only white space may follow until `reset`. */
  close(rawText: string): void;
  /** White space outside of any construct, once per chunk. @param length octets. */
  whitespace?(length: number): void;
  /** Once; then everything is ignored until `reset`. @param rawText at most 512 characters, from the fault on. */
  malformed(reason: string, rawText: string): void;
}

export interface StreamLimits {
  /** How deep elements may be nested, a first-level element having depth 1. Default 64. */
  depth?: number;
  /** Octets of a first-level element. Default 262144 (256 KiB). */
  element?: number;
  /** Octets of an XML declaration and stream header. Default 16384 (16 KiB). */
  header?: number;
  /** Attributes of one tag, namespace declarations included. Default 256. */
  attributes?: number;
  /**
   * Whether a stream header between first-level elements opens the stream anew. Default false: it is malformed. Clients
   * do so where an attacker has made them believe that it is time to, and what they say then is what matters.
   */
  unaskedRestarts?: boolean;
}

export interface StreamReader {
  /**
   * Reads until the chunk's end or until a handler calls `stop`. Not to be called by a handler.
   * @returns the octets not read: none, unless stopped; all of them, while stopped.
   */
  write(chunk: Buffer): Buffer;
  /** Called by a handler: not an octet after the construct that it was called for is read. */
  stop(): void;
  resume(): void;
  /**
   * A new stream header is expected next (RFC 6120, section 4.3.3). White space before its XML declaration is taken
   * for the old stream's; on a new reader it is malformed, as XML has it. Does not undo `stop`.
   */
  reset(): void;
  /** What was read of a construct that is not whole yet; '' between constructs. */
  unfinished(): string;
}

/** A stretch of the input: what earlier chunks held of it, and where it begins in this one. */
interface Span {
  carried: string;
  from: number;
}

const NOTHING = Buffer.alloc(0);
const REPORTED = 512;
const STREAM_TAG = /^<(?:[\w.-]+:)?stream[\s/>]/;
const WHITESPACE = /[ \t\r\n]*/y;

export function createStreamReader(handlers: StreamHandlers, limits: StreamLimits = {}): StreamReader {
  const { depth = 64, element = 262_144, header = 16_384, attributes = 256, unaskedRestarts = false } = limits;
  const scanner = createMarkupScanner(attributes);
  const construct: Span = { carried: '', from: 0 };
  const token: Span = { carried: '', from: 0 };
  let builder = createElementBuilder(depth);
  let chunk: Buffer = NOTHING;
  let octets = '';
  let at = 0;
  let inConstruct = false;
  let inMarkup = false;
  let declarable = true;
  let restarted = false;
  let stopped = false;
  let broken = false;

  function begin(span: Span): void {
    span.carried = '';
    span.from = at;
  }

  function carry(span: Span): void {
    span.carried += octets.slice(span.from);
    span.from = 0;
  }

  function octetsOf(span: Span): string {
    return span.carried + octets.slice(span.from, at);
  }

  /** From the chunk where that is possible: a slice of `octets` would keep the whole chunk in memory. */
  function textOf(span: Span): string {
    if (span.carried === '') return chunk.toString('utf8', span.from, at);
    return Buffer.from(octetsOf(span), 'latin1').toString('utf8');
  }

  function checkSize(): void {
    const [limit, what] = builder.place() === 'prolog' ? [header, 'a stream header'] : [element, 'an element'];
    if (construct.carried.length + at - construct.from <= limit) return;
    Object.assign(token, construct);
    throw new Error(`${what} of more than ${limit} octets`);
  }

  /** Consumes one piece of the chunk and returns what there is to tell. */
  function advance(): (() => void) | undefined {
    if (inMarkup) return readMarkup();
    return builder.place() === 'element' ? readText() : readWhitespace();
  }

  function readWhitespace(): (() => void) | undefined {
    WHITESPACE.lastIndex = at;
    WHITESPACE.test(octets);
    const length = WHITESPACE.lastIndex - at;
    if (length === 0) return beginMarkup();
    at += length;
    if (!restarted) declarable = false;
    return inConstruct ? undefined : () => handlers.whitespace?.(length);
  }

  function readText(): undefined {
    const end = octets.indexOf('<', at);
    at = end === -1 ? octets.length : end;
    if (end === -1) return;
    const text = octetsOf(token);
    if (text !== '') builder.feed(checkedText(decode(text)), 0);
    beginMarkup();
  }

  function beginMarkup(): undefined {
    begin(token);
    if (octets[at] !== '<') throw new Error(outOfPlace());
    if (builder.place() === 'epilog') throw new Error('something after the end of the stream');
    if (!inConstruct) begin(construct);
    inConstruct = inMarkup = true;
    scanner.begin();
  }

  function outOfPlace(): string {
    if (builder.place() === 'prolog') return `${whatCame(octets.slice(at))} instead of a stream header`;
    return builder.place() === 'epilog' ? 'something after the end of the stream' : 'text between first-level elements';
  }

  function readMarkup(): (() => void) | undefined {
    const end = scanner.scan(octets, at);
    at = end === -1 ? octets.length : end;
    if (scanner.kind() === 'cdata' && builder.place() !== 'element')
      throw new Error('a CDATA section outside of an element');
    if (scanner.kind() === 'declaration' && unaskedRestarts && builder.place() === 'stream') restart();
    if (scanner.kind() === 'declaration' && !(declarable && builder.place() === 'prolog')) {
      throw new Error('a processing instruction, or an XML declaration that is not at the start');
    }
    if (end === -1) return undefined;
    checkSize();
    const built = feedMarkup(decode(octetsOf(token)));
    inMarkup = false;
    begin(token);
    return built && tell(built);
  }

  function feedMarkup(markup: string): Built | undefined {
    switch (scanner.kind()) {
      case 'declaration':
        checkDeclaration(markup);
        declarable = false;
        return undefined;
      case 'cdata':
        // ltx forgets the text that follows a CDATA section, so it gets to see none.
        return builder.feed(escapeXMLText(cdataContent(markup)), 0);
      case 'end':
        return builder.feed(checkedEndTag(markup), 0);
      default:
        if (unaskedRestarts && builder.place() === 'stream' && STREAM_TAG.test(markup)) restart();
        return builder.feed(checkedTag(markup), scanner.values());
    }
  }

  function restart(): void {
    builder = createElementBuilder(depth);
    declarable = true;
  }

  function tell({ opened, element, closed }: Built): (() => void) | undefined {
    if (!opened && !element && !closed) return undefined;
    const raw = textOf(construct);
    inConstruct = false;
    return () => {
      if (opened) handlers.open(opened, raw);
      if (element) handlers.element(element, raw);
      if (closed) handlers.close(raw);
    };
  }

  function fail(error: unknown): () => void {
    const raw = show(token.carried.slice(0, REPORTED * 4) + octets.slice(token.from, token.from + REPORTED * 4));
    broken = true;
    inConstruct = false;
    at = octets.length;
    return () => handlers.malformed(error instanceof Error ? error.message : String(error), raw.slice(0, REPORTED));
  }

  /** One step; whatever the XML code throws is the input's fault, whatever a handler throws is not and passes. */
  function step(read: () => (() => void) | undefined): void {
    let tell: (() => void) | undefined;
    try {
      tell = read();
    } catch (error) {
      tell = fail(error);
    }
    tell?.();
  }

  function endChunk(): undefined {
    checkSize();
    refuseControls(octets.slice(token.from));
    carry(construct);
    carry(token);
  }

  return {
    write(input) {
      if (stopped) return input;
      if (broken) return NOTHING;
      chunk = input;
      octets = input.toString('latin1');
      at = 0;
      while (at < octets.length && !stopped && !broken) step(advance);
      if (inConstruct) step(endChunk);
      const rest = at < octets.length ? chunk.subarray(at) : NOTHING;
      chunk = NOTHING;
      octets = '';
      return rest;
    },
    stop() {
      stopped = true;
    },
    resume() {
      stopped = false;
    },
    reset() {
      builder = createElementBuilder(depth);
      inConstruct = inMarkup = broken = false;
      declarable = restarted = true;
    },
    unfinished() {
      return inConstruct ? show(construct.carried) : '';
    },
  };
}
