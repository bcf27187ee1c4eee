/** The ClientHello audit as observations: each row of its table, asked of every hello that a client sent. */
import { domainToASCII } from 'node:url';
import { HELLO_RULES, type HelloContext, highestOf } from './hello-rules.ts';
import type { ObservationRule } from './observation-rule.ts';
import { pick, type View } from './view.ts';

/** So many names are shown in a sentence; the transcript has them all. */
const SHOWN = 4;

const hellosOf = (view: View) => pick(view.observations, 'tls', 'client-hello');

const contextOf = (view: View, domain: string): HelloContext => ({
  // In the ClientHello it stands in A-labels (RFC 6066, section 3).
  domain: domainToASCII(domain) || domain,
  highest: Math.max(0, ...hellosOf(view).map(({ hello }) => highestOf(hello))),
});

const audited = Object.entries(HELLO_RULES).map(([name, { says, find }]): [string, ObservationRule] => [
  name,
  {
    says(view, evidence) {
      const seen = hellosOf(view).filter(({ n }) => evidence.includes(n));
      const names = [...new Set(seen.flatMap(({ hello }) => find(hello, contextOf(view, '')) ?? []))];
      const more = names.length > SHOWN ? [`${names.length - SHOWN} more`] : [];
      return names.length === 0 ? `${says}.` : `${says} (${[...names.slice(0, SHOWN), ...more].join(', ')}).`;
    },
    find(view, { domain }) {
      const context = contextOf(view, domain);
      return hellosOf(view).flatMap(({ n, hello }) => (find(hello, context) === null ? [] : [n]));
    },
    asks: 'client-hello',
  },
]);

export const HELLO_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'offers-ssl-2': {
    says: () => 'It begins with a hello in the format of SSL 2.0.',
    find: (view) =>
      pick(view.observations, 'tls', 'failed')
        .filter(({ code }) => code === 'SSLV2_CLIENT_HELLO')
        .map(({ n }) => n),
    asks: 'client-hello',
  },
  ...Object.fromEntries(audited),
};
