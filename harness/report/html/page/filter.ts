/** Which rows are shown. */
import { type Index, type Row, verdictAt } from '../model.ts';

export interface Filter {
  /** Each word has to be somewhere in the row. */
  words: string;
  /** None: all. */
  verdicts: ReadonlySet<string>;
  /** Empty: all. */
  family: string;
  importance: string;
  /** Null: any. */
  client: number | null;
  /** Only where clients differ. */
  differ: boolean;
}

export const familyOf = ({ id }: Row): string => id.split('/', 1).join();

/** Prepares the texts once; the function gives the numbers of the rows that pass. */
export function createFilter({ rows, clients }: Index): (filter: Filter) => number[] {
  const texts = rows.map(({ id, transport, title, said }) => `${id}[${transport}] ${title} ${said}`.toLowerCase());
  const verdictsOf = (row: Row, client: number | null) =>
    (client === null ? clients.map((_, index) => index) : [client]).map((index) => verdictAt(row.verdicts, index));
  return ({ words, verdicts, family, importance, client, differ }) => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    return rows.flatMap((row, number) => {
      const text = texts[number] ?? '';
      const shown =
        (family === '' || familyOf(row) === family) &&
        (importance === '' || row.importance === importance) &&
        (!differ || new Set(row.verdicts.replaceAll('.', '')).size > 1) &&
        (client === null || row.verdicts[client] !== '.') &&
        (verdicts.size === 0 || verdictsOf(row, client).some((verdict) => verdict && verdicts.has(verdict))) &&
        wanted.every((word) => text.includes(word));
      return shown ? [number] : [];
    });
  };
}
