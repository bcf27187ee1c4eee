/**
 * `npm run bench [-- names]`: measures the figures that this project promises, and prints a table. Never a test: the
 * numbers are the machine's as much as ours.
 */

import { certificates } from './certificates.ts';
import { confine } from './confine.ts';
import { connections } from './connections.ts';
import type { Figure } from './figure.ts';
import { cells } from './figure.ts';
import { htmlReport } from './html.ts';
import { login } from './login.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import { races } from './races.ts';
import { relay } from './relay.ts';
import { s2s } from './s2s.ts';
import { serve } from './serve.ts';
import { start } from './start.ts';

const figures: Figure[] = [
  login,
  relay,
  overhead,
  confine,
  start,
  memory,
  races,
  serve,
  s2s,
  certificates,
  connections,
  htmlReport,
];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => figures.every((figure) => figure.name !== name));
if (unknown !== undefined) {
  console.error(`There is no figure ${unknown}. There are: ${figures.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
for (const figure of figures.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const rows = await figure.measure();
  console.log(`${figure.name}: ${figure.title}`);
  for (const line of aligned(rows.map(cells))) console.log(`  ${line}`);
  console.log();
}

function aligned(rows: string[][]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
}
