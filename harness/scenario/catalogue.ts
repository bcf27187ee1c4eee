/** All scenarios and requirements of a run. */
import type { Level, Policy } from '../result.ts';
import type { Scenario } from './scenario.ts';

export interface Requirement {
  source: string;
  section: string;
  /** One level, or one for each policy. */
  level: Level | Record<Policy, Level>;
  text: string;
  /** `knowledge`: not read in the document; then it is at most `should`. */
  checked: 'text' | 'knowledge';
  note?: string | undefined;
}

export interface Catalogue {
  /** SHA-256 in hexadecimal of all that was loaded. */
  hash: string;
  scenarios: Scenario[];
  requirements: Record<string, Requirement>;
}
