/** The lines of a transcript that prove a finding. */
import type { Finding, Result } from '../result.ts';
import { observationLine } from './observation-line.ts';

/** What Mallory did last before it, and then what the client did; empty where the transcript was left out. */
export function evidenceOf({ evidence }: Finding, { transcript = [] }: Result): string[] {
  const first = Math.min(...evidence);
  const deed = transcript.findLast(({ layer, n }) => layer === 'script' && n < first);
  const proof = transcript.filter(({ n }) => evidence.includes(n));
  const lines = [...(deed && !proof.includes(deed) ? [deed] : []), ...proof];
  return proof.length > 0 ? lines.map(observationLine) : [];
}
