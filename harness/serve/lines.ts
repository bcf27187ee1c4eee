/** Lines of a stream, of bounded length. */
import { StringDecoder } from 'node:string_decoder';

export interface LineReader {
  write(chunk: Buffer): void;
  /** A last line needs no line feed. */
  end(): void;
}

/**
 * Calls `line` for each, without its line end, and not for empty ones; `overlong` once for each that has more than
 * `longest` UTF-16 units, of which nothing is kept.
 */
export function lineReader(longest: number, line: (text: string) => void, overlong: () => void): LineReader {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let skipping = false;

  function take(text: string, ended: boolean): void {
    if (!skipping) pending += text;
    if (!skipping && pending.length > longest) {
      skipping = true;
      pending = '';
      overlong();
    }
    if (!ended) return;
    const whole = pending.trim();
    pending = '';
    if (!skipping && whole !== '') line(whole);
    skipping = false;
  }

  return {
    write(chunk) {
      const parts = decoder.write(chunk).split('\n');
      for (const [index, part] of parts.entries()) take(part, index < parts.length - 1);
    },
    end() {
      take(decoder.end(), true);
    },
  };
}
