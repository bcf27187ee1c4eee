/** What the core is chosen from: which scenario catches which fault, and how long it takes. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Importance } from '../../harness/result.ts';
import type { Fault } from '../reference-client/faults.ts';

export interface Row {
  importance: Importance;
  /** Milliseconds against the correct client, its control not included. */
  ms: number;
  /** The profile of the control that it needs. */
  control: string;
  /** The faults that its `caught-by` names: the kill matrix proves them. */
  meant: Fault[];
  /** Those that it was seen to catch, too. */
  also: Fault[];
}

export interface Matrix {
  /** The reference client's faults when this was made. */
  faults: Fault[];
  /** The scenarios that every fault was to be tried with. */
  candidates: string[];
  /** The faults that were tried with all of them; of the others only what `caught-by` says is known. */
  measured: Fault[];
  /** Milliseconds of each control. */
  controls: Record<string, number>;
  scenarios: Record<string, Row>;
}

const FILE = new URL('matrix.json', import.meta.url);

export const readMatrix = async (): Promise<Matrix> => JSON.parse(await readFile(FILE, 'utf8'));

/** One line for each scenario, so that what changed can be read. */
export async function writeMatrix({ faults, candidates, measured, controls, scenarios }: Matrix): Promise<void> {
  const lines = (record: object) =>
    Object.entries(record)
      .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const text = `{
  "faults": ${JSON.stringify(faults)},
  "candidates": ${JSON.stringify(candidates)},
  "measured": ${JSON.stringify(measured)},
  "controls": {
${lines(controls)}
  },
  "scenarios": {
${lines(scenarios)}
  }
}
`;
  await writeFile(FILE, text);
}
