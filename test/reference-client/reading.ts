/** The faults of reading: clients that can only read XML as their own server happens to write it. */
import type { Event } from './connection.ts';
import type { Has } from './faults.ts';
import { Refusal } from './refusal.ts';

export interface Reading {
  /** What of a chunk gets to the parser. @throws Refusal */
  filter(chunk: Buffer, inTls: boolean): Buffer;
  understands(event: Event): boolean;
  /** Whether something came before the stream header, and was left out. */
  sawBanner(): boolean;
}

/** Prosody and others write this one prefix. */
const PREFIXED = /<(?!stream:)[^\s<>/:]+:/;
const REST = Buffer.from('</mechanisms></stream:features>');
const HEADER = /<\?xml|<stream:stream/;

export function createReading(has: Has): Reading {
  let banner = false;
  let began = false;
  let clear = '';

  return {
    sawBanner: () => banner,
    understands(event) {
      if (event.type === 'header') {
        const [declaration] = /^<\?xml.*?\?>/s.exec(event.raw) ?? [];
        if (declaration === undefined) return !has('no-prolog');
        return !has('prolog-exact') || declaration === "<?xml version='1.0'?>";
      }
      return event.type === 'footer' || !has('no-prefix') || !PREFIXED.test(event.raw);
    },
    filter(chunk, inTls) {
      const text = chunk.toString('latin1');
      if (has('needs-whole-elements') && !text.trimEnd().endsWith('>')) throw new Refusal('interop', 'half an element');
      if (has('races-features') && !inTls) {
        clear += text;
        if (/<\/mechanisms>(?!.*<\/?\w+:?(starttls|features))/s.test(clear)) throw new Refusal('raced');
      }
      if (has('one-element-per-segment') && inTls) {
        const end = /<stream:stream[^>]*>/.exec(text);
        if (end) return chunk.subarray(0, end.index + end[0].length);
      }
      if (has('half-features') && inTls && /<\/mechanism>$/.test(text)) return Buffer.concat([chunk, REST]);
      if (!has('banner-in-clear') || began) return chunk;
      const start = text.search(HEADER);
      banner ||= start !== 0;
      began = start >= 0;
      return began ? chunk.subarray(start) : Buffer.alloc(0);
    },
  };
}
