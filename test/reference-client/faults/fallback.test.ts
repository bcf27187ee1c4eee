/** Attacks that show what a client does where something has failed, or once it was online. */
import type { Script } from '../../../src/index.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';
import { type Setting, said } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import type { fallbackFaults } from './fallback.ts';
import { givesAwayInClear, logins } from './outcomes.ts';
import { at, header, inClear, later, loss, plainOffer } from './settings.ts';

const lossThenStrip: Script = [
  ...at('online', { close: 'instead' }, 1),
  { on: 'features', in: 'clear', connection: '2+', do: { remove: 'starttls' } },
];

/** Offered in clear next to starttls and required. */
const offered: Setting = { session: 'stay', entity: inClear('SCRAM-SHA-256', 'PLAIN') };

exposed({
  'no-tls-in-clear': [
    { script: at('tls-handshake', { 'stay-in-clear': true }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'failed-tls-in-clear': [
    { script: at('tls-handshake', { 'stay-in-clear': { 'after-alert': 80 } }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'alert-in-clear': [{ script: at('tls-handshake', { alert: 40 }), entity: inClear('PLAIN') }, givesAwayInClear],
  'reset-in-clear': [{ script: at('proceed', { reset: 'instead' }), entity: inClear('PLAIN') }, givesAwayInClear],
  'stall-in-clear': [{ script: at('tls-handshake', { stall: true }), entity: inClear('PLAIN') }, givesAwayInClear],
  'tls-1.2-on-retry': [
    { script: at('tls-handshake', { alert: 40 }, 1) },
    ({ observations }) => observations.some((o) => o.type === 'handshake' && o.version === 'TLSv1.2'),
  ],
  'lower-version-on-retry': [{ script: at('tls-handshake', { alert: 70 }, 1) }],
  'falls-back-to-clear': [{ credential: 'self-signed', entity: inClear('PLAIN') }, givesAwayInClear],
  'clear-on-reconnect': [{ session: 'stay', script: lossThenStrip, entity: inClear('SCRAM-SHA-1') }, givesAwayInClear],
  'optional-on-reconnect': [
    {
      ...offered,
      script: [...loss, { on: 'features', in: 'clear', connection: '2+', do: { remove: 'required' } }],
    },
    givesAwayInClear,
  ],
  'sasl-on-reconnect': [{ ...offered, script: loss }, givesAwayInClear],
  'iq-auth-on-reconnect': [
    { session: 'stay', entity: { iqAuth: { clear: true, tls: true } }, script: loss },
    givesAwayInClear,
  ],
  'legacy-on-reconnect': [
    { session: 'stay', script: [...loss, ...at('header', { set: { version: null } }, '2+')] },
    givesAwayInClear,
  ],
  'failure-on-reconnect': [
    { ...offered, script: [...loss, ...at('proceed', { replace: `<failure xmlns='${NS.tls}'/>` }, '2+')] },
    givesAwayInClear,
  ],
  'keeps-buffer-on-reconnect': [
    {
      session: 'stay',
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-1'] } },
      script: [
        ...loss,
        ...at('proceed', { inject: { xml: header + plainOffer.replace('PLAIN', 'SCRAM-SHA-256') } }, '2+'),
      ],
    },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'SCRAM-SHA-256'),
  ],
  'tls-1.0-on-reconnect': [
    { session: 'stay', script: [...loss, ...later({ negotiate: { min: 'TLSv1', max: 'TLSv1' } })] },
    (outcome) => logins(outcome) > 1,
  ],
  'remembers-shown-certificate': [
    {
      session: 'stay',
      script: [
        ...at('tls-handshake', { present: 'unknown-ca' }, 1),
        ...at('online', { close: 'instead' }, 2),
        ...later({ present: 'unknown-ca' }, '3+'),
      ],
    },
    (outcome) => logins(outcome) > 1,
  ],
  'reconnects-at-once': [
    { session: 'stay', script: [...loss, ...later({ present: 'self-signed' })] },
    ({ observations }) => observations.filter(({ type }) => type === 'connected').length > 6,
  ],
  'verifies-once': [
    {
      session: 'stay',
      script: [...at('online', { close: 'instead' }, 1), ...at('tls-handshake', { present: 'self-signed' }, '2+')],
    },
    (outcome) => logins(outcome) > 1,
  ],
} satisfies Record<keyof typeof fallbackFaults, Attack>);
