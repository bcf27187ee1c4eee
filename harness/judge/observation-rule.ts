/** A question to the transcript that a scenario may ask under `expect`; the answer is the evidence, or nothing. */
import type { ServerPolicy } from '../result.ts';
import type { View } from './view.ts';

export interface ObservationRule {
  /** What the client did, as a sentence. */
  says(view: View, evidence: readonly number[]): string;
  /** The numbers of the observations that show it. */
  find(view: View, context: Context): number[];
  /** Checked everywhere, with this requirement if the scenario names no other. It breaks a `must`. */
  never?: string;
  /** The requirement in place of that for a server with this policy; null: it is right there. */
  neverOfServers?: (policy: ServerPolicy) => string | null;
  /** It is about the ClientHello: without one, not finding anything says nothing. */
  asks?: 'client-hello';
}

export interface Context {
  /** The value of `{canary}` in this attempt. */
  canary: string;
  /** The domain of the JID. */
  domain: string;
}
