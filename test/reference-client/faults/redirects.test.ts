/** Attacks that show where a client lets itself be sent. */
import type { Do } from '../../../src/script/actions/index.ts';
import { wasOnline } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import { givesAwayInClear } from './outcomes.ts';
import type { redirectsFaults } from './redirects.ts';
import { at, inClear, insideTls, later, redirect } from './settings.ts';

const away: Do = { replace: redirect, close: 'after' };

exposed({
  'follows-no-redirect': [
    { endpoints: { elsewhere: { credential: 'valid' } }, script: insideTls('features', away) },
    (outcome) => !wasOnline(outcome),
  ],
  'follows-endlessly': [
    { script: insideTls('features', { replace: redirect.replace('elsewhere', 'main'), close: 'after' }) },
    ({ observations }) => observations.filter(({ type }) => type === 'connected').length > 6,
  ],
  'name-of-redirect': [
    { endpoints: { elsewhere: { credential: 'dialled-address-only' } }, script: insideTls('features', away) },
  ],
  'trusts-redirect': [{ endpoints: { elsewhere: { credential: 'unknown-ca' } }, script: insideTls('features', away) }],
  'to-of-redirect': [
    { endpoints: { elsewhere: { credential: 'valid' } }, script: insideTls('features', away) },
    ({ observations }) =>
      observations.some((o) => o.type === 'stream-open' && o.from === 'client' && o.attributes.to === '127.0.0.1'),
  ],
  'clear-after-redirect': [
    {
      endpoints: { elsewhere: { credential: 'valid' } },
      entity: inClear('PLAIN'),
      script: [
        ...insideTls('features', away),
        { on: 'features', in: 'clear', at: 'elsewhere', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'refused-in-clear': [
    {
      endpoints: { elsewhere: { credential: 'valid', refuses: true } },
      entity: inClear('PLAIN'),
      script: insideTls('features', away),
    },
    givesAwayInClear,
  ],
  'redirect-clears-name': [
    {
      session: 'stay',
      script: [
        ...at('proceed', { replace: redirect.replace('{endpoint.elsewhere}', ''), close: 'after' }, 1),
        ...later({ present: 'wrong-name' }),
      ],
      until: (seen) => seen.some(({ type }) => type === 'bound'),
    },
  ],
} satisfies Record<keyof typeof redirectsFaults, Attack>);
