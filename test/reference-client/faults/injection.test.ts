/** Attacks that show what a client takes in clear, and uses inside TLS. */
import { NS } from '../../../src/xmpp/namespaces.ts';
import { said } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import type { injectionFaults } from './injection.ts';
import { answersInside, givesAwayInClear, usesPlain } from './outcomes.ts';
import { at, features, header, inClear, inTls, ping, plainOffer } from './settings.ts';

exposed({
  'keeps-buffer': [{ script: at('proceed', { inject: { xml: header + plainOffer } }) }, usesPlain],
  'keeps-stanzas': [{ script: features({ inject: { xml: ping } }) }, answersInside],
  'answers-in-clear': [{ script: features({ inject: { xml: ping } }) }, givesAwayInClear],
  'keeps-features': [{ entity: { mechanisms: { clear: ['PLAIN'], tls: ['SCRAM-SHA-256'] } } }, usesPlain],
  'keeps-stream': [
    { entity: inClear('PLAIN') },
    ({ observations }) =>
      observations.some(
        (o) => o.layer === 'xmpp' && o.type === 'malformed' && o.phase === 'tls' && o.text.includes('<auth'),
      ),
  ],
  'starttls-again': [
    { script: [{ on: 'features', in: 'tls', do: { add: `<starttls xmlns='${NS.tls}'/>` } }] },
    (outcome) => said(outcome).some(({ name, phase }) => name === 'starttls' && phase === 'tls'),
  ],
  'half-features': [
    {
      script: inTls({
        replace: `<stream:features><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism>`,
        'end-tls': 'truncate',
      }),
    },
    usesPlain,
  ],
  'early-success': [
    { script: at('proceed', { inject: { xml: `<success xmlns='${NS.sasl}'/>` } }) },
    (outcome) => said(outcome).some(({ name, phase }) => name === 'iq' && phase === 'tls'),
  ],
  'newline-after-starttls': [{}, ({ observations }) => observations.some((o) => o.type === 'bytes')],
} satisfies Record<keyof typeof injectionFaults, Attack>);
