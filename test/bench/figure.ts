/** What a figure is: rows of a table, each with both numbers and how they compare. */

export interface Row {
  what: string;
  ours: Side;
  /** What it is held against; null for a figure that stands by itself. */
  other: Side | null;
  unit: string;
  /** How the two become one number. Default: `ratio`, and `ours` without a second one. */
  compare?: 'ratio' | 'difference' | 'ours';
  goal?: { atMost: number } | { atLeast: number };
}

export interface Side {
  name: string;
  value: number;
}

export interface Figure {
  name: string;
  title: string;
  measure(): Promise<Row[]>;
}

/** `met` is a word for readers: nothing is asserted, for machines and their load differ. */
export function cells(row: Row): string[] {
  const { ours, other, unit, goal } = row;
  const compare = row.compare ?? (other ? 'ratio' : 'ours');
  const compared =
    compare === 'ours' || !other
      ? ours.value
      : compare === 'ratio'
        ? ours.value / other.value
        : ours.value - other.value;
  const write = (value: number) => (compare === 'ratio' ? `${short(value)} x` : `${short(value)} ${unit}`.trim());
  return [
    row.what,
    `${ours.name} ${short(ours.value)} ${unit}`.trim(),
    other ? `${other.name} ${short(other.value)} ${unit}`.trim() : '',
    write(compared),
    goal ? ('atMost' in goal ? `<= ${write(goal.atMost)}` : `>= ${write(goal.atLeast)}`) : '',
    goal ? (isMet(compared, goal) ? 'met' : 'MISSED') : '',
  ];
}

function isMet(value: number, goal: NonNullable<Row['goal']>): boolean {
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

function short(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3);
}
