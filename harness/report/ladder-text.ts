/** A ladder in characters that every terminal has. */
import { wrapped } from './citation.ts';
import type { Part, Rung } from './planned-ladder.ts';

const PROTECTION = { clear: 'clear', handshake: 'hello', tls: 'TLS' } as const;
/** What protects it can be told from the line itself. */
const SHAFT = { clear: '-', handshake: '~', tls: '=' } as const;
const LEAST = 24;

/** No line is longer than `width` characters, or than 36 where that is less. What Mallory tampers with has a `!`. */
export function ladderText(parts: readonly Part[], width: number): string[] {
  const inner = Math.max(LEAST, width - 12);
  return [
    `         client${'Mallory'.padStart(inner - 5)}`,
    ...parts.flatMap(({ title, rungs }, index) => [
      ...(index === 0 ? [] : ['', ...wrapped(`And ${title}:`, Math.max(LEAST, width))]),
      ...rungs.flatMap((rung) => rungLines(rung, inner)),
    ]),
  ];
}

function rungLines({ from, protection, text, tampered }: Rung, inner: number): string[] {
  const line = (mark: string, word: string, middle: string) => `${mark} ${word.padEnd(6)} |${middle.padEnd(inner)}|`;
  const said = cut(text, inner - 8);
  const lines = [
    ...said.slice(0, -1).map((one) => line(' ', '', `   ${one}`)),
    line(
      tampered.length > 0 ? '!' : ' ',
      PROTECTION[protection],
      rail(from, SHAFT[protection], said.at(-1) ?? '', inner),
    ),
  ];
  return [
    ...lines,
    ...tampered.flatMap((deed) => cut(`! ${deed}`, inner - 6).map((one) => line('!', '', `   ${one}`))),
  ];
}

function rail(from: Rung['from'], shaft: string, text: string, inner: number): string {
  if (from === null) return `   (${text})`;
  const [head, tail] = from === 'client' ? [shaft.repeat(2), '>'] : [`<${shaft}`, shaft];
  return `${head} ${text} `.padEnd(inner - 1, shaft) + tail;
}

/** At blanks, and within words that are longer than a line. */
function cut(text: string, width: number): string[] {
  const words = text.replaceAll(new RegExp(`\\S{${width}}(?=\\S)`, 'g'), '$& ');
  return wrapped(words, width);
}
