/** What a control can be asked about the client, by the name of the need. */
import type { View } from './view.ts';

type Probe = (view: View) => boolean;

const uses =
  (fits: (mechanism: string, first: boolean) => boolean): Probe =>
  ({ elements, spoken }) =>
    elements.some((o) => o.mechanism !== undefined && fits(o.mechanism, o.connection === spoken[0]));

export const PROBES: Readonly<Record<string, Probe>> = {
  scram: uses((mechanism) => mechanism.startsWith('SCRAM-')),
  fast: uses((mechanism, first) => !first && mechanism.startsWith('HT-')),
  resumption: ({ elements }) => elements.some(({ credential }) => credential === 'resume'),
  external: uses((mechanism) => mechanism === 'EXTERNAL'),
  'scram-plus': uses((mechanism) => mechanism.endsWith('-PLUS')),
};
