/** The two ways out: results to standard output, messages to standard error. */

import { visibleLines } from '../report/escape.ts';

/** Settles once it was handed to the system. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`, () => resolve());
  });
}

/** Sentences may quote what a client, a driver or its output says: nothing of that gets to the terminal but what is seen. */
export function tell(text: string): void {
  process.stderr.write(`${visibleLines(text).join('\n')}\n`);
}

/** Settles once all that was written is out: pipes are not synchronous everywhere. */
export async function flushed(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
}

/** `xmpp-mallory list | head`: whoever reads no further is no reason to fail. */
export function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Rows with every column but the last padded to the widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  const last = widths.length - 1;
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
