/** What stands in the page as data, and is read by its script: short, since it may be 400 scenarios of 16 clients. */
import type { Importance, Result, Verdict } from '../../result.ts';

/** A letter for each verdict, and a dot where a client did not run the scenario. */
export const LETTERS: Readonly<Record<Verdict, string>> = {
  fail: 'f',
  warn: 'w',
  error: 'e',
  inconclusive: 'i',
  skip: 's',
  pass: 'p',
};

/** Of a row of letters: the verdict of one client, or null where it did not run. */
export function verdictAt(letters: string, client: number): Verdict | null {
  const verdicts = Object.keys(LETTERS) as Verdict[];
  return verdicts.find((verdict) => LETTERS[verdict] === letters[client]) ?? null;
}

/** What is at hand at once. */
export interface Index {
  clients: string[];
  relayed: boolean[];
  rows: Row[];
  /** How many rows each block of details holds, but for the last. */
  perBlock: number;
  /** By id: clause, wording. */
  requirements: Record<string, { clause: string; text: string }>;
}

export interface Row {
  id: string;
  transport: string;
  title: string;
  importance: Importance;
  /** A letter for each client. */
  verdicts: string;
  /** What to search besides, and what a list of one client shows: sentences of findings, or the reason. */
  said: string;
}

/** What is unpacked when a scenario is opened. */
export interface Details {
  /** Null where the catalogue was not at hand. */
  scenario: { description: string; seenIn: string[]; does: string[]; wanted: Wanted[]; first: string[] } | null;
  /** One for each client; null where it did not run. */
  cells: (Cell | null)[];
}

export interface Wanted {
  sentence: string;
  requirement: string | null;
}

/** A result without what its row says already. */
export type Cell = Omit<Result, 'id' | 'title' | 'transport' | 'importance'>;
