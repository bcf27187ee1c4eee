/** What a control can be asked about the client, by the name of the need. */
import type { View } from './view.ts';

type Probe = (view: View) => boolean;

const uses =
  (fits: (mechanism: string, first: boolean) => boolean): Probe =>
  ({ elements, spoken }) =>
    elements.some((o) => o.mechanism !== undefined && fits(o.mechanism, o.connection === spoken[0]));

/** XEP-0198, section 9.2. */
const RESUMES_INLINE = /<resume\b[^>]*urn:xmpp:sm:3/;

export const PROBES: Readonly<Record<string, Probe>> = {
  scram: uses((mechanism) => mechanism.startsWith('SCRAM-')),
  fast: uses((mechanism, first) => !first && mechanism.startsWith('HT-')),
  resumption: ({ elements }) =>
    elements.some(
      ({ credential, xml }) => credential === 'resume' || (credential === 'sasl2' && RESUMES_INLINE.test(xml)),
    ),
  bidi: ({ elements }) => elements.some(({ name, ns }) => name === 'bidi' && ns === 'urn:xmpp:bidi'),
  dane: ({ observations }) => observations.some((o) => o.layer === 'dns' && o.type === 'query' && o.wanted === 'TLSA'),
  posh: ({ observations }) => observations.some(({ type }) => type === 'http-request'),
  external: uses((mechanism) => mechanism === 'EXTERNAL'),
  'scram-plus': uses((mechanism) => mechanism.endsWith('-PLUS')),
};
