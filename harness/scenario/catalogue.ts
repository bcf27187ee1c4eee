/** All scenarios and requirements of a run. */
import type { Level, Policy, ServerPolicy } from '../result.ts';
import type { Scenario } from './scenario.ts';

type Choice<What extends 'encryption' | 'authentication'> = `${What}-${ServerPolicy[What]}`;

export type Levels =
  | Level
  | Record<Policy, Level>
  | Record<Choice<'encryption'>, Level>
  | Record<Choice<'authentication'>, Level>;

export interface Requirement {
  source: string;
  section: string;
  /** One level, or one for each policy, of the RFCs or of a server's administrator. */
  level: Levels;
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
