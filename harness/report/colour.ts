/** Colour where the stream shows it and the user wants it. */
import { styleText } from 'node:util';

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;
export const coloured: Paint = (style, text) => styleText(style, text);

/** A terminal with colours, and no `NO_COLOR` (https://no-color.org) in the environment. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const wanted = stream.isTTY === true && !process.env.NO_COLOR && stream.hasColors();
  return wanted ? coloured : plain;
}
