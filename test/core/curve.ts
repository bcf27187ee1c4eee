/** The core as a scenario list, and the curve that shows what it is worth. */
import { type Choice, CORE_SIZE, choose, critical, START_MS } from './choose.ts';
import type { Matrix } from './matrix.ts';

/** `scenarios/core.yaml` */
export function coreText(matrix: Matrix): string {
  const head = `# The core: ${CORE_SIZE} scenarios that catch most for their time. Written by "npm run core" (docs/core.md).\n`;
  return (
    head +
    choose(matrix)
      .map(({ id }) => `- ${id}\n`)
      .join('')
  );
}

/** What is said of the core in a sentence, from the same figures as the curve. */
export function coreSummary(matrix: Matrix): string {
  const chosen = choose(matrix);
  const last = chosen.at(-1);
  const all = choose(matrix, Object.keys(matrix.scenarios).length);
  const whole = all.at(-1);
  if (!last || !whole) throw new Error('There is nothing to choose from.');
  const grave = critical(matrix, chosen);
  const half = all.findIndex(({ share }) => share >= 0.5) + 1;
  return [
    `Of the ${matrix.faults.length} faults that the reference client had, the ${chosen.length} scenarios of the core catch`,
    `**${last.caught}**, ${grave.caught} of the ${grave.all} critical ones among them (${percent(last.share)} of the weight), in ${last.seconds.toFixed(0)} s of one client's time. All`,
    `${all.length} scenarios that were measured catch ${whole.caught}, in ${whole.seconds.toFixed(0)} s: ${(whole.seconds / last.seconds).toFixed(0)} times as much.`,
    `Half of the weight takes ${half} scenarios.`,
    `(${matrix.measured.length} faults were tried with all candidates; of the others only what they are meant for is counted. ${START_MS} ms are`,
    'added to each session for the start of a client.)',
  ].join('\n');
}

/** A row for each choice: k, bar, faults, share, seconds, id. */
export function curve(matrix: Matrix): string {
  const rows = choose(matrix).map(row);
  return ['  k  weight                     faults  seconds  scenario', ...rows].join('\n');
}

const WIDTH = 20;

function row({ id, caught, share, seconds }: Choice, index: number): string {
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const cells = [
    String(index + 1).padStart(3),
    ` ${bar} ${percent(share).padStart(5)}`,
    String(caught).padStart(6),
    seconds.toFixed(1).padStart(8),
  ];
  return `${cells.join(' ')}  ${id}`;
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
