/** What somebody may have meant. */

/** Up to `count` of the candidates that are like `word`, the likest first. */
export function nearest(word: string, candidates: Iterable<string>, count = 1): string[] {
  const tolerance = Math.max(2, Math.floor(word.length / 3));
  return ranked(word, candidates)
    .filter(({ distance }) => distance <= tolerance)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** As `nearest`, but always `count` of them, however unlike: for lists too long to be told whole. */
export function closest(word: string, candidates: Iterable<string>, count: number): string[] {
  return ranked(word, candidates)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const [best] = nearest(word, candidates);
  return best === undefined ? '' : `; did you mean "${best}"?`;
}

function ranked(word: string, candidates: Iterable<string>) {
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
}

/** A part of the other counts as near, and so does its beginning: who types `wrong-name` knows what they want. */
function distanceOf(word: string, candidate: string): number {
  if (word.length > 3 && candidate.includes(word)) return 1;
  const beginning = 1 + editDistance(word, candidate.slice(0, word.length));
  return Math.min(editDistance(word, candidate), word.length > 3 ? beginning : Number.POSITIVE_INFINITY);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const options = [at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1)];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) options.push(at(beforeLast, column - 2) + 1);
      current.push(Math.min(...options));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: number[], column: number) => row[column] ?? Number.POSITIVE_INFINITY;
