/** A list to choose from on a terminal: type to filter, space to choose, Enter to go. */
import type { Paint } from '../report/colour.ts';
import { visible } from '../report/escape.ts';
import { type Key, type Keyboard, readKeys } from './keys.ts';

export interface Choice {
  /** What is chosen by it. */
  value: string;
  text: string;
  /** Shown only where a filter finds it. Default: always shown. */
  hidden?: boolean;
}

export interface Picker {
  choices: readonly Choice[];
  filter: string;
  /** Among those that are shown. */
  cursor: number;
  chosen: readonly string[];
  /** What has come of it; null: nothing yet. */
  ended: 'go' | 'cancelled' | null;
}

export const createPicker = (choices: readonly Choice[]): Picker => ({
  choices,
  filter: '',
  cursor: 0,
  chosen: [],
  ended: null,
});

export function shown({ choices, filter }: Picker): Choice[] {
  const words = filter.toLowerCase();
  return choices.filter(({ value, text, hidden }) =>
    words === '' ? !hidden : `${value} ${text}`.toLowerCase().includes(words),
  );
}

/** What is to run: what was chosen, or else where the cursor is. */
export function picked(picker: Picker): string[] {
  if (picker.chosen.length > 0) return [...picker.chosen];
  return shown(picker)
    .slice(picker.cursor, picker.cursor + 1)
    .map(({ value }) => value);
}

export function press(picker: Picker, { name, ctrl, text }: Key): Picker {
  if (ctrl) return name === 'c' || name === 'd' ? { ...picker, ended: 'cancelled' } : picker;
  const rows = shown(picker);
  const moved = (by: number) => ({
    ...picker,
    cursor: Math.max(0, Math.min(rows.length - 1, picker.cursor + by)),
  });
  const filtered = (filter: string) => ({ ...picker, filter, cursor: 0 });
  switch (name) {
    case 'up':
      return moved(-1);
    case 'down':
      return moved(1);
    case 'pageup':
      return moved(-PAGE);
    case 'pagedown':
      return moved(PAGE);
    case 'return':
    case 'enter':
      return picked(picker).length > 0 ? { ...picker, ended: 'go' } : picker;
    case 'escape':
      return picker.filter === '' ? { ...picker, ended: 'cancelled' } : filtered('');
    case 'backspace':
      return filtered(Array.from(picker.filter).slice(0, -1).join(''));
    case 'space':
      return toggled(picker, rows[picker.cursor]?.value);
    default:
      return text === '' ? picker : filtered(picker.filter + text);
  }
}

const PAGE = 10;

function toggled(picker: Picker, value: string | undefined): Picker {
  if (value === undefined) return picker;
  const { chosen } = picker;
  return { ...picker, chosen: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] };
}

/** Lines that do not wrap, for a terminal of so many columns and rows. */
export function drawn(picker: Picker, columns: number, rows: number, paint: Paint): string[] {
  const { cursor, chosen, filter } = picker;
  const list = shown(picker);
  const room = Math.max(1, rows - 4);
  const first = Math.max(0, Math.min(cursor - Math.floor(room / 2), list.length - room));
  const cut = (text: string) =>
    Array.from(visible(text))
      .slice(0, columns - 1)
      .join('');
  const width = Math.max(0, ...list.map(({ value }) => value.length));
  return [
    paint('bold', cut(`Which scenarios?  ${filter}_`)),
    ...list.slice(first, first + room).map(({ value, text }, index) => {
      const here = first + index === cursor;
      const line = cut(`${here ? '>' : ' '} [${chosen.includes(value) ? 'x' : ' '}] ${value.padEnd(width)}  ${text}`);
      return here ? paint('cyan', line) : line;
    }),
    ...(list.length === 0 ? [cut('  nothing has that in it')] : []),
    paint(
      'dim',
      cut(`${list.length} shown, ${chosen.length} chosen. Type: filter, space: choose, Enter: run, Esc: end`),
    ),
  ];
}

export interface Screen {
  columns?: number;
  rows?: number;
  write(text: string): unknown;
}

/** @returns what to run, or null where nothing is to be. */
export function pick(
  choices: readonly Choice[],
  { keyboard, screen, paint }: { keyboard: Keyboard; screen: Screen; paint: Paint },
): Promise<string[] | null> {
  return new Promise((resolve) => {
    let picker = createPicker(choices);
    let height = 0;
    const clear = () => screen.write(height > 0 ? `\x1b[${height}A\r\x1b[J` : '');
    const draw = () => {
      // Some terminals say that they have 0 columns.
      const lines = drawn(picker, screen.columns || 80, screen.rows || 24, paint);
      clear();
      screen.write(`${lines.join('\n')}\n`);
      height = lines.length;
    };
    const restore = readKeys(keyboard, (key) => {
      picker = press(picker, key);
      if (picker.ended === null) return draw();
      clear();
      restore();
      resolve(picker.ended === 'go' ? picked(picker) : null);
    });
    draw();
  });
}
