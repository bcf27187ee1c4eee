/** Attacks that show what a client makes of what DNS says. */
import type { Script } from '../../../src/index.ts';
import type { Setting } from '../support.ts';
import type { dnsFaults } from './dns.ts';
import { type Attack, exposed } from './exposed.ts';
import { givesAwayInClear, hellos } from './outcomes.ts';
import { features, inClear } from './settings.ts';

const srv = (...records: string[]): Script => [{ on: 'lookup', do: { answer: { type: 'SRV', with: records } } }];

/** Nothing but a URL is left. */
const txt = (scheme: 'ws' | 'wss'): Setting => ({
  byDns: true,
  endpoints: { web: { credential: 'host-name-only', ...(scheme === 'wss' && { transport: 'direct' }) } },
  script: [
    { on: 'lookup', do: { answer: { type: 'SRV', with: 'nxdomain' } } },
    { on: 'lookup', do: { answer: { name: '{domain}', with: 'none' } } },
    {
      on: 'lookup',
      do: {
        answer: { type: 'TXT', with: [`_xmpp-client-websocket=${scheme}://xmpp1.hosting.test:{endpoint.web.port}/ws`] },
      },
    },
  ],
});

exposed({
  'ignores-srv': [
    {
      byDns: true,
      endpoints: { elsewhere: { credential: 'valid' } },
      script: srv('0 5 {endpoint.elsewhere.port} xmpp1.hosting.test.'),
    },
    ({ observations }) => observations.some((o) => o.type === 'connected' && o.endpoint === 'main'),
  ],
  'first-srv-only': [
    {
      byDns: true,
      endpoints: { elsewhere: { credential: 'valid' } },
      script: srv(
        '20 0 {endpoint.main.port} xmpp1.hosting.test.',
        '10 0 {endpoint.elsewhere.port} xmpp1.hosting.test.',
      ),
    },
    ({ observations }) => observations.some((o) => o.type === 'connected' && o.endpoint === 'main'),
  ],
  'ignores-no-service': [{ byDns: true, script: srv('0 0 0 .') }],
  'clear-without-srv': [
    {
      byDns: true,
      entity: inClear('PLAIN'),
      script: [
        { on: 'lookup', do: { answer: { type: 'SRV', with: 'nxdomain' } } },
        ...features({ remove: 'starttls' }),
      ],
    },
    givesAwayInClear,
  ],
  'clear-after-direct': [
    {
      byDns: true,
      transport: 'direct',
      entity: inClear('PLAIN'),
      endpoints: { plain: { credential: 'valid', transport: 'starttls' } },
      script: [
        ...srv('0 5 {endpoint.plain.port} xmpp1.hosting.test.'),
        { on: 'lookup', do: { answer: { name: '_xmpps-client._tcp.{domain}', with: 'nxdomain' } } },
        { on: 'features', in: 'clear', at: 'plain', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'clear-at-domain': [
    {
      byDns: true,
      transport: 'direct',
      entity: inClear('PLAIN'),
      endpoints: { plain: { credential: 'valid', transport: 'starttls' } },
      script: [
        { on: 'lookup', do: { answer: { name: '_xmpps-client._tcp.{domain}', with: 'nxdomain' } } },
        { on: 'features', in: 'clear', at: 'plain', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'clear-after-refusal': [
    {
      byDns: true,
      transport: 'direct',
      entity: inClear('PLAIN'),
      endpoints: { plain: { credential: 'valid', transport: 'starttls' } },
      script: [
        {
          on: 'lookup',
          do: {
            answer: {
              name: '_xmpp-client._tcp.{domain}',
              type: 'SRV',
              with: ['0 5 {endpoint.plain.port} xmpp1.hosting.test.'],
            },
          },
        },
        { on: 'tls-handshake', do: { present: 'self-signed' } },
        { on: 'features', in: 'clear', at: 'plain', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'http-in-clear': [txt('ws'), ({ observations }) => observations.some((o) => o.type === 'malformed')],
  'url-names-host': [txt('wss'), ({ observations }) => observations.some((o) => o.type === 'malformed')],
  'sni-is-srv-target': [{ byDns: true }, (outcome) => hellos(outcome)[0]?.hello.serverName === 'xmpp1.hosting.test'],
  'to-is-srv-target': [
    { byDns: true },
    ({ observations }) =>
      observations.some((o) => o.type === 'stream-open' && o.attributes.to === 'xmpp1.hosting.test'),
  ],
} satisfies Record<keyof typeof dnsFaults, Attack>);
