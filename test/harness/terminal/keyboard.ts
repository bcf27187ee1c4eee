/** A terminal's keyboard that a test presses. */
import { PassThrough } from 'node:stream';

export const KEYS = {
  enter: '\r',
  up: '\x1b[A',
  down: '\x1b[B',
  space: ' ',
  ctrlC: '\x03',
  backspace: '\x7f',
} as const;

export function keyboard() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => void modes.push(raw),
  });
  return { input, modes, press: (text: string) => void input.write(text) };
}
